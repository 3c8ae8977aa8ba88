/*
 * Waits for a result with a time limit: the operation keeps its result until it is taken.
 *
 *   ready KEY    prints "ready" and reads "start" before an operation that the service delays beyond every deadline
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>

#include "callback.h"
#include "lines.h"
#include "refused.h"

enum { LIMIT_MS = WAIT_LIMIT * 1000 };

static const uint8_t digest[32] = {6};
static scwkms_client client;
static const char *key;

static scwkms_operation start(const scwkms_async_options *given) {
  scwkms_operation started = 0;
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, given, &started, NULL) == SCWKMS_OK, "not started");
  return started;
}

static void result_is_kept(void) {
  scwkms_operation started = start(NULL);
  CHECK(scwkms_wait_ready(started, LIMIT_MS, NULL) == SCWKMS_OK, "not ready");
  for (int i = 0; i < 3; i++) {
    CHECK(scwkms_is_ready(started) && scwkms_wait_ready(started, 0, NULL) == SCWKMS_OK, "no longer ready");
  }
  CHECK(wait_code(started) == SCWKMS_OK, "the result was lost");
  CHECK(!scwkms_is_ready(started), "ready after the result was taken");
  REFUSED(SCWKMS_ERROR_INVALID_HANDLE, scwkms_wait_ready(started, LIMIT_MS, error));
}

/* The result of an operation can be an error. */
static void failure_is_ready(void) {
  scwkms_operation started = 0;
  scwkms_key *found = NULL;
  CHECK(scwkms_get_key_async(client, "00000000-0000-4000-8000-000000000000", NULL, &started, NULL) == SCWKMS_OK,
        "not started");
  CHECK(scwkms_wait_ready(started, LIMIT_MS, NULL) == SCWKMS_OK, "not ready");
  CHECK(scwkms_wait_key(started, &found, NULL) == SCWKMS_ERROR_NOT_FOUND, "another result");
}

/* A callback that returns when the program permits it. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool entered, may_return;

static void stay(void *context, scwkms_operation number) {
  (void)context;
  CHECK(scwkms_is_ready(number) && scwkms_wait_ready(number, 0, NULL) == SCWKMS_OK, "not ready inside its callback");
  pthread_mutex_lock(&mutex);
  entered = true;
  pthread_cond_broadcast(&changed);
  while (!may_return) {
    pthread_cond_wait(&changed, &mutex);
  }
  pthread_mutex_unlock(&mutex);
}

static void *wait_for_start_of_callback(void) {
  pthread_mutex_lock(&mutex);
  while (!entered) {
    pthread_cond_wait(&changed, &mutex);
  }
  pthread_mutex_unlock(&mutex);
  return NULL;
}

/* The result cannot be taken on another thread before the callback has returned. */
static void callback_counts(void) {
  scwkms_operation started = start(OPTIONS(stay, NULL));
  wait_for_start_of_callback();
  CHECK(!scwkms_is_ready(started), "ready inside the callback");
  REFUSED(SCWKMS_ERROR_TIMEOUT, scwkms_wait_ready(started, 30, error));
  pthread_mutex_lock(&mutex);
  may_return = true;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  CHECK(scwkms_wait_ready(started, LIMIT_MS, NULL) == SCWKMS_OK && wait_code(started) == SCWKMS_OK, "no result");
}

static void look_at_another(void *context, scwkms_operation number) {
  (void)number;
  scwkms_operation other = *(scwkms_operation *)context;
  CHECK(!scwkms_is_ready(other), "ready");
  INVALID(scwkms_wait_ready(other, LIMIT_MS, error));
}

static long elapsed_ms(const struct timespec *begun) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long)(now.tv_sec - begun->tv_sec) * 1000 + (now.tv_nsec - begun->tv_nsec) / 1000000;
}

typedef struct {
  scwkms_operation operation;
  int32_t code;
} waiting;

/* The main thread checks the code: only one thread may count checks. */
static void *wait_until_ready(void *context) {
  waiting *self = context;
  self->code = scwkms_wait_ready(self->operation, LIMIT_MS, NULL);
  return NULL;
}

static void time_limits(void) {
  struct timespec begun;
  pthread_t thread;
  scwkms_operation started = start(NULL), other = 0;
  waiting waiting_thread = {started, SCWKMS_ERROR_INTERNAL};
  clock_gettime(CLOCK_MONOTONIC, &begun);
  CHECK(!scwkms_is_ready(started), "ready");
  REFUSED(SCWKMS_ERROR_TIMEOUT, scwkms_wait_ready(started, 0, error));
  REFUSED(SCWKMS_ERROR_TIMEOUT, scwkms_wait_ready(started, 100, error));
  CHECK(elapsed_ms(&begun) >= 200, "%ld ms", elapsed_ms(&begun));
  /* A callback must not wait for another operation. */
  CHECK(scwkms_public_key_async(client, key, OPTIONS(look_at_another, &started), &other, NULL) == SCWKMS_OK,
        "not started");
  CHECK(wait_public_key_code(other) == SCWKMS_OK, "no public key");
  CHECK(pthread_create(&thread, NULL, wait_until_ready, &waiting_thread) == 0, "no thread");
  scwkms_cancel(started);
  CHECK(pthread_join(thread, NULL) == 0, "the thread does not end");
  CHECK(waiting_thread.code == SCWKMS_OK, "not ready after cancellation: %d", waiting_thread.code);
  CHECK(scwkms_is_ready(started) && wait_code(started) == SCWKMS_ERROR_CANCELLED, "not cancelled");
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  result_is_kept();
  failure_is_ready();
  callback_counts();
  write_line("ready");
  expect_line("start");
  time_limits();
  scwkms_free(client);
  return check_result();
}
