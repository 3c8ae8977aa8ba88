/*
 * Frees clients with operations in flight: the operations are cancelled. When scwkms_free() has returned, their
 * callbacks have returned, and are not called again.
 *
 *   free_with_operations KEY    prints "ready"; reads "start" and starts OPERATIONS signatures, whose responses the
 *                               service delays; reads "free" when their requests have arrived; and repeats all this
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <pthread.h>
#include <stdlib.h>

#include "callback.h"
#include "lines.h"

enum { OPERATIONS = 16, WAITERS = 4 };

static const uint8_t digest[32] = {5};
static const char *key;

static scwkms_client opened(void) {
  scwkms_buffer spki = {0};
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(scwkms_public_key(client, key, &spki, NULL, NULL) == SCWKMS_OK, "the key cannot be loaded");
  scwkms_buffer_free(&spki);
  return client;
}

static scwkms_operation start(scwkms_client client, scwkms_callback callback, void *context) {
  scwkms_operation operation = 0;
  int32_t code =
      scwkms_sign_async(client, key, 0, digest, sizeof digest, OPTIONS(callback, context), &operation, NULL);
  CHECK(code == SCWKMS_OK, "not started: %d", (int)code);
  return operation;
}

typedef struct waiter {
  pthread_t thread;
  scwkms_operation operation;
  int32_t code;
} waiter;

static void *wait_for(void *argument) {
  waiter *self = argument;
  self->code = wait_code(self->operation);
  return NULL;
}

static void with_operations_in_flight(void) {
  /* Freed after the client: valgrind reports a later call of a callback. */
  call_record *records = calloc(OPERATIONS, sizeof *records);
  scwkms_operation operations[OPERATIONS];
  waiter waiters[WAITERS];
  scwkms_client client = opened(), other = opened();
  write_line("ready");
  expect_line("start");
  for (size_t i = 0; i < OPERATIONS; i++) {
    operations[i] = start(client, record_call, &records[i]);
  }
  for (size_t i = 0; i < WAITERS; i++) {
    waiters[i].operation = operations[i];
    CHECK(pthread_create(&waiters[i].thread, NULL, wait_for, &waiters[i]) == 0, "no thread");
  }
  expect_line("free");
  call_record spared = {0};
  scwkms_operation of_other = start(other, record_call, &spared);
  scwkms_free(client);
  for (size_t i = 0; i < OPERATIONS; i++) {
    CHECK(records[i].calls == 1, "operation %zu: %d calls", i, records[i].calls);
  }
  free(records);
  for (size_t i = 0; i < OPERATIONS; i++) {
    scwkms_cancel(operations[i]);
  }
  for (size_t i = 0; i < WAITERS; i++) {
    pthread_join(waiters[i].thread, NULL);
    CHECK(waiters[i].code == SCWKMS_ERROR_CANCELLED || waiters[i].code == SCWKMS_ERROR_INVALID_HANDLE,
          "waiter %zu got %d", i, (int)waiters[i].code);
  }
  for (size_t i = 0; i < OPERATIONS; i++) {
    CHECK(wait_code(operations[i]) == SCWKMS_ERROR_INVALID_HANDLE, "operation %zu outlives its client", i);
  }
  CHECK(wait_code(of_other) == SCWKMS_OK && call_count(&spared) == 1, "the operation of another client was cancelled");
  scwkms_free(other);
}

/* The context of a callback that frees the client or takes its result. */
typedef struct subject {
  scwkms_client client;
  call_record called;
  int32_t code;
  bool takes, left;
} subject;

static void free_client(void *context, scwkms_operation operation) {
  subject *self = context;
  scwkms_free(self->client);
  record_call(&self->called, operation);
}

/* Inside a callback scwkms_free() does not wait for the callbacks of other operations, which follow. */
static void inside_a_callback(void) {
  call_record records[OPERATIONS] = {{0}};
  scwkms_operation operations[OPERATIONS];
  subject host = {.client = opened()};
  write_line("ready");
  expect_line("start");
  for (size_t i = 0; i < OPERATIONS; i++) {
    operations[i] = start(host.client, record_call, &records[i]);
  }
  expect_line("free");
  scwkms_operation freeing = start(host.client, free_client, &host);
  CHECK(wait_for_call(&host.called), "scwkms_free() in a callback does not return");
  for (size_t i = 0; i < OPERATIONS; i++) {
    CHECK(wait_for_call(&records[i]), "operation %zu: no call", i);
    CHECK(wait_code(operations[i]) == SCWKMS_ERROR_INVALID_HANDLE, "operation %zu outlives its client", i);
    CHECK(call_count(&records[i]) == 1, "operation %zu: %d calls", i, call_count(&records[i]));
  }
  CHECK(wait_code(freeing) == SCWKMS_ERROR_INVALID_HANDLE, "a result of a freed client");
  scwkms_free(host.client);
}

/* A slow callback. If scwkms_free() does not wait for it, this test fails often; otherwise it never fails. */
static void linger(void *context, scwkms_operation operation) {
  subject *self = context;
  if (self->takes) {
    self->code = wait_code(operation);
  }
  record_call(&self->called, operation);
  nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL);
  self->left = true;
}

/* scwkms_free() waits for a callback that has begun, also if the callback or another thread took the result before. */
static void while_a_callback_runs(bool taken_inside, bool taken_outside) {
  subject *host = calloc(1, sizeof *host);
  host->client = opened();
  host->takes = taken_inside;
  scwkms_operation operation = start(host->client, linger, host);
  CHECK(wait_for_call(&host->called), "no call");
  if (taken_outside) {
    CHECK(wait_code(operation) == SCWKMS_OK, "no result");
  }
  scwkms_free(host->client);
  CHECK(host->left, "freed before the callback returned (taken %s)",
        taken_inside ? "inside" : taken_outside ? "outside" : "nowhere");
  CHECK(!taken_inside || host->code == SCWKMS_OK, "no result inside: %d", (int)host->code);
  CHECK(wait_code(operation) == SCWKMS_ERROR_INVALID_HANDLE, "a result of a freed client");
  free(host);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  while_a_callback_runs(false, false);
  while_a_callback_runs(true, false);
  while_a_callback_runs(false, true);
  with_operations_in_flight();
  inside_a_callback();
  return check_result();
}
