/*
 * The common part of the load programs in C: the arguments, the closed loop of N threads, and the final line of JSON.
 *
 * A program defines three functions. Each thread calls `worker_open` once before the load, `worker_sign` for each
 * signature, and `worker_close` at the end. A failure ends the program with `die`.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arguments {
  const char *key;
  long concurrency;
  long signatures;
  long warm_up;
  double seconds; /* 0: until the signatures are made */
  bool verify;
  bool http1;
};

enum { SIGNATURE_MAX = 1024, DIGEST_MAX = 48 };

struct signature {
  size_t len;
  uint8_t bytes[SIGNATURE_MAX];
};

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The value of an environment variable that must be set. */
const char *setting(const char *name);

void *worker_open(const struct arguments *arguments);
void worker_sign(void *worker, const uint8_t *digest, size_t digest_len, struct signature *signature);
void worker_close(void *worker);

/* Runs the load and prints the measurements. */
void load(const struct arguments *arguments);

struct arguments parse_arguments(int argc, char **argv);

#endif
