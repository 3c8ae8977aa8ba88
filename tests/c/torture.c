/*
 * Threads start, cancel and wait for operations, also for those of other threads, and free the clients, in an order
 * that depends on a seed. In every order each operation has one outcome and its callback is called once.
 *
 *   torture KEY THREADS STEPS SEED
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "callback.h"
#include "check.h"

enum { CLIENTS = 3, MAX_THREADS = 16 };

/* Other threads access the atomic members. */
typedef struct job {
  atomic_bool started;
  scwkms_operation operation;
  scwkms_client client;
  atomic_int calls;
  atomic_int outcomes;
  atomic_bool mistaken; /* its callback was called for another operation */
} job;

typedef struct worker {
  pthread_t thread;
  size_t number;
  uint64_t random;
  char wrong[256];
} worker;

static const char *key;
static size_t threads, steps;
static job *jobs; /* `steps` for each thread */
static _Atomic scwkms_client clients[CLIENTS];
static atomic_int results[SCWKMS_ERROR_INTERNAL + 1];

/* xorshift64* by Vigna. */
static size_t below(worker *self, size_t limit) {
  self->random ^= self->random >> 12;
  self->random ^= self->random << 25;
  self->random ^= self->random >> 27;
  return (size_t)(self->random * 0x2545f4914f6cdd1du >> 33) % limit;
}

static void called(void *context, scwkms_operation operation) {
  job *self = context;
  /* The call may come before the starting thread has stored the number. */
  if (atomic_load(&self->started) && self->operation != operation) {
    atomic_store(&self->mistaken, true);
  }
  atomic_fetch_add(&self->calls, 1);
}

static void start(worker *self, job *next) {
  const uint8_t digest[32] = {(uint8_t)self->number};
  scwkms_operation operation = 0;
  next->client = atomic_load(&clients[below(self, CLIENTS)]);
  int32_t code = scwkms_sign_async(next->client, key, 0, digest, sizeof digest, OPTIONS(called, next), &operation,
                                   NULL);
  if (code == SCWKMS_OK) {
    next->operation = operation;
    atomic_store(&next->started, true);
  } else if (code != SCWKMS_ERROR_INVALID_HANDLE || atomic_load(&next->calls) != 0) {
    snprintf(self->wrong, sizeof self->wrong, "not started: %d, and %d calls", (int)code, atomic_load(&next->calls));
  }
}

static void wait_for(job *other) {
  scwkms_buffer result = {0};
  int32_t code = scwkms_wait(other->operation, &result, NULL);
  atomic_fetch_add(&results[code], 1);
  if (code != SCWKMS_ERROR_INVALID_HANDLE) {
    atomic_fetch_add(&other->outcomes, 1);
  }
  scwkms_buffer_free(&result);
}

/* Frees a client; then the callbacks of all its known operations must have returned. */
static void replace(worker *self) {
  scwkms_client fresh = scwkms_open(getenv("SCWKMS_URI"), NULL);
  scwkms_client old = atomic_exchange(&clients[below(self, CLIENTS)], fresh);
  bool *known = calloc(threads * steps, sizeof *known);
  for (size_t i = 0; known != NULL && i < threads * steps; i++) {
    known[i] = atomic_load(&jobs[i].started) && jobs[i].client == old;
  }
  scwkms_free(old);
  for (size_t i = 0; known != NULL && i < threads * steps; i++) {
    if (known[i] && atomic_load(&jobs[i].calls) != 1) {
      snprintf(self->wrong, sizeof self->wrong, "%d calls after the client was freed", atomic_load(&jobs[i].calls));
    }
  }
  free(known);
}

static void *work(void *argument) {
  worker *self = argument;
  job *own = &jobs[self->number * steps];
  for (size_t made = 0; made < steps && self->wrong[0] == '\0';) {
    size_t dice = below(self, 200);
    job *other = &jobs[below(self, threads * steps)];
    if (dice == 0) {
      replace(self);
    } else if (dice < 100) {
      start(self, &own[made++]);
    } else if (atomic_load(&other->started)) {
      if (dice < 160) {
        wait_for(other);
      } else {
        scwkms_cancel(other->operation);
      }
    }
  }
  return NULL;
}

static bool is_open(scwkms_client client) {
  for (size_t i = 0; i < CLIENTS; i++) {
    if (client == atomic_load(&clients[i])) {
      return true;
    }
  }
  return false;
}

static void run_threads(uint64_t seed) {
  static worker workers[MAX_THREADS];
  for (size_t i = 0; i < threads; i++) {
    workers[i] = (worker){.number = i, .random = (seed + i + 1) * 0x9e3779b97f4a7c15u};
    CHECK(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0, "no thread %zu", i);
  }
  for (size_t i = 0; i < threads; i++) {
    CHECK(pthread_join(workers[i].thread, NULL) == 0, "thread %zu", i);
    CHECK(workers[i].wrong[0] == '\0', "thread %zu: %s", i, workers[i].wrong);
  }
}

/* Waits for the remaining operations, and checks all outcomes. Returns the number of operations. */
static size_t check_outcomes(void) {
  size_t started = 0;
  for (size_t i = 0; i < threads * steps; i++) {
    job *self = &jobs[i];
    if (atomic_load(&self->started)) {
      started++;
      wait_for(self);
      int outcomes = atomic_load(&self->outcomes);
      /* An operation without an outcome ended with its client. */
      CHECK(outcomes == 1 || (outcomes == 0 && !is_open(self->client)), "operation %zu: %d outcomes", i, outcomes);
      CHECK(!atomic_load(&self->mistaken), "operation %zu: called for another", i);
    }
  }
  return started;
}

static void check_calls(void) {
  for (size_t i = 0; i < threads * steps; i++) {
    CHECK(atomic_load(&jobs[i].calls) == atomic_load(&jobs[i].started), "operation %zu: %d calls", i,
          atomic_load(&jobs[i].calls));
  }
}

static void check_results(size_t started) {
  CHECK(started > 0 && atomic_load(&results[SCWKMS_OK]) > 0 && atomic_load(&results[SCWKMS_ERROR_CANCELLED]) > 0 &&
            atomic_load(&results[SCWKMS_ERROR_INVALID_HANDLE]) > 0,
        "an outcome is missing among %zu operations", started);
  const int32_t never[] = {SCWKMS_ERROR_INVALID_ARGUMENT, SCWKMS_ERROR_INTEGRITY, SCWKMS_ERROR_INTERNAL};
  for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
    CHECK(atomic_load(&results[never[i]]) == 0, "%d operations ended with %d", atomic_load(&results[never[i]]),
          (int)never[i]);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: %s KEY THREADS STEPS SEED\n", argv[0]);
    return 2;
  }
  key = argv[1];
  threads = (size_t)strtoul(argv[2], NULL, 10);
  threads = threads > MAX_THREADS ? MAX_THREADS : threads;
  steps = (size_t)strtoul(argv[3], NULL, 10);
  fprintf(stderr, "seed %s\n", argv[4]);
  jobs = calloc(threads * steps, sizeof *jobs);
  CHECK(jobs != NULL, "no memory");
  for (size_t i = 0; i < CLIENTS; i++) {
    atomic_store(&clients[i], scwkms_open(getenv("SCWKMS_URI"), NULL));
  }
  run_threads(strtoull(argv[4], NULL, 10));
  size_t started = check_outcomes();
  for (size_t i = 0; i < CLIENTS; i++) {
    scwkms_free(atomic_load(&clients[i]));
  }
  check_calls();
  check_results(started);
  free(jobs);
  return check_result();
}
