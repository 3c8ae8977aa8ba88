/*
 * Asynchronous calls are not delayed by the blocking calls of many other threads.
 *
 *   busy KEY CALLS MILLISECONDS    the maximum time from the start of a call to its callback
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdatomic.h>
#include <stdlib.h>

#include "callback.h"
#include "check.h"

enum { THREADS = 64 };

typedef struct call {
  call_record record;
  struct timespec begun, called;
} call;

static scwkms_client client;
static atomic_bool stopped;
static atomic_int lookups, wrong_results;

/* The I/O thread finishes each of these calls without a request, since there is no project to look for the name in. So it
 * never has nothing to do. */
static void *look_up_until_stopped(void *argument) {
  while (!atomic_load(&stopped)) {
    int32_t code = scwkms_public_key(client, "scwkms:name=unknown", &(scwkms_buffer){0}, NULL, NULL);
    atomic_fetch_add(&wrong_results, code != SCWKMS_ERROR_CONFIGURATION);
    atomic_fetch_add(&lookups, 1);
  }
  return argument;
}

static void note_time(void *context, scwkms_operation operation) {
  call *self = context;
  clock_gettime(CLOCK_MONOTONIC, &self->called);
  record_call(&self->record, operation);
}

static long milliseconds(const call *self) {
  return (self->called.tv_sec - self->begun.tv_sec) * 1000 + (self->called.tv_nsec - self->begun.tv_nsec) / 1000000;
}

/* One call after the other, for a key that the client knows. */
static void make_calls(const char *key, int count, long limit) {
  for (int i = 0; i < count; i++) {
    call made = {0};
    scwkms_operation operation = 0;
    clock_gettime(CLOCK_MONOTONIC, &made.begun);
    CHECK(scwkms_public_key_async(client, key, OPTIONS(note_time, &made), &operation, NULL) == SCWKMS_OK, "call %d", i);
    CHECK(wait_public_key_code(operation) == SCWKMS_OK, "call %d has no result", i);
    CHECK(call_count(&made.record) == 1 && milliseconds(&made) <= limit, "call %d: %d callbacks, after %ld ms", i,
          call_count(&made.record), milliseconds(&made));
  }
}

/* Loads the key. */
static void open_client(const char *key) {
  scwkms_buffer spki = {0};
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(scwkms_public_key(client, key, &spki, NULL, NULL) == SCWKMS_OK, "no client");
  scwkms_buffer_free(&spki);
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS];
  if (argc != 4) {
    fprintf(stderr, "usage: %s KEY CALLS MILLISECONDS\n", argv[0]);
    return 2;
  }
  open_client(argv[1]);
  for (size_t i = 0; i < THREADS; i++) {
    CHECK(pthread_create(&threads[i], NULL, look_up_until_stopped, NULL) == 0, "no thread %zu", i);
  }
  while (atomic_load(&lookups) < 10 * THREADS) {
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  make_calls(argv[1], atoi(argv[2]), atol(argv[3]));
  atomic_store(&stopped, true);
  for (size_t i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0, "thread %zu", i);
  }
  CHECK(atomic_load(&wrong_results) == 0, "%d wrong results", atomic_load(&wrong_results));
  scwkms_free(client);
  return check_result();
}
