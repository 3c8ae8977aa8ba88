/*
 * What the load programs in C have in common: arguments, the closed loop of N threads, and the line of JSON at its end.
 *
 * A program gives three functions. `worker_open` is called once by each thread before the load, `worker_sign` has one
 * signature made, and `worker_close` ends it. They end the program with `die` when something fails.
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
  double seconds; /* 0: as long as the signatures take */
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

/* Runs the load that the arguments ask for and prints what was measured. */
void load(const struct arguments *arguments);

struct arguments parse_arguments(int argc, char **argv);

#endif
