/* How a program and the runner that started it talk: a line from the one, a line from the other. */
#ifndef TALK_H
#define TALK_H

#include <stdint.h>
#include <string.h>

#include "check.h"

/* Tells the runner a word. */
static inline void tell(const char *word) {
  puts(word);
  fflush(stdout);
}

/* Waits until the runner tells a word. */
static inline void await(const char *word) {
  char line[16];
  CHECK(fgets(line, sizeof line, stdin) != NULL && strncmp(line, word, strlen(word)) == 0, "not told to %s", word);
}

static inline void print_hex(const uint8_t *data, size_t length, char end) {
  for (size_t i = 0; i < length; i++) {
    printf("%02x", data[i]);
  }
  putchar(end);
}

#endif
