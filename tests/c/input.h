/* The input of the examples. */
#ifndef INPUT_H
#define INPUT_H

#include <stdint.h>
#include <stdio.h>

/* Reads standard input to its end. Returns 0, or prints an error: for input of more than `room` bytes, for example. */
static inline int read_input(uint8_t *data, size_t room, size_t *length) {
  *length = fread(data, 1, room, stdin);
  if (ferror(stdin)) {
    perror("standard input");
    return 1;
  }
  if (*length == room && fgetc(stdin) != EOF) {
    fprintf(stderr, "standard input: more than %zu bytes\n", room);
    return 1;
  }
  return 0;
}

#endif
