/* A program and the runner that started it exchange lines by standard input and output. */
#ifndef LINES_H
#define LINES_H

#include <stdint.h>
#include <string.h>

#include "check.h"

static inline void write_line(const char *word) {
  puts(word);
  fflush(stdout);
}

/* Reads the next line, which must be `word`. */
static inline void expect_line(const char *word) {
  char line[16];
  CHECK(fgets(line, sizeof line, stdin) != NULL && strncmp(line, word, strlen(word)) == 0, "not the line %s", word);
}

static inline void print_hex(const uint8_t *data, size_t length, char end) {
  for (size_t i = 0; i < length; i++) {
    printf("%02x", data[i]);
  }
  putchar(end);
}

#endif
