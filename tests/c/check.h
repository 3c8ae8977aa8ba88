/* Checks for the test programs: each failure is printed with its line, and the failures are counted. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>

static int check_failures;
static int check_count;

#define CHECK(condition, ...)                                                                                          \
  do {                                                                                                                 \
    check_count++;                                                                                                     \
    if (!(condition)) {                                                                                                \
      check_failures++;                                                                                                \
      fprintf(stderr, "%s:%d: %s\n    ", __FILE__, __LINE__, #condition);                                              \
      fprintf(stderr, __VA_ARGS__);                                                                                    \
      fputc('\n', stderr);                                                                                             \
    }                                                                                                                  \
  } while (false)

/* The result of main(). A program without any check has failed. */
static inline int check_result(void) {
  fprintf(stderr, "%d checks, %d failed\n", check_count, check_failures);
  return check_failures != 0 || check_count == 0;
}

#endif
