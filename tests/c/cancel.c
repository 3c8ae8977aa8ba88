/*
 * Operations that are cancelled: before, during and after the service responds, by the thread that started them and by
 * another while a third one waits.
 *
 *   cancel KEY OTHER_KEY    prints "ready"; reads "start" and starts OPERATIONS signatures, whose responses the service
 *                           delays; reads "cancel" when their requests have arrived; prints "fetch", and reads "start"
 *                           and "cancel" once more, for OTHER_KEY, which it loads
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <pthread.h>
#include <stdlib.h>

#include "callback.h"
#include "lines.h"

enum { OPERATIONS = 8 };

static const uint8_t digest[32] = {3};
static scwkms_client client;
static const char *key;

static scwkms_operation start(call_record *called) {
  scwkms_operation operation = 0;
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, called != NULL ? RECORD(called) : NULL, &operation,
                          NULL) == SCWKMS_OK,
        "not started");
  return operation;
}

/* Cancelling does not remove a result. */
static void after_the_response(void) {
  call_record called = {0};
  scwkms_operation operation = start(&called);
  CHECK(wait_for_call(&called), "no call");
  scwkms_cancel(operation);
  CHECK(wait_code(operation) == SCWKMS_OK, "a result was lost");
  scwkms_cancel(operation);
  CHECK(wait_code(operation) == SCWKMS_ERROR_INVALID_HANDLE, "a second result");
  CHECK(call_count(&called) == 1, "%d calls", call_count(&called));
}

static void numbers_of_no_operation(void) {
  const scwkms_operation numbers[] = {0, 1, UINT32_MAX, UINT64_MAX, UINT64_MAX / 2, client};
  call_record called = {0};
  scwkms_operation operation = start(&called);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    if (numbers[i] != operation) {
      scwkms_cancel(numbers[i]);
      CHECK(wait_code(numbers[i]) == SCWKMS_ERROR_INVALID_HANDLE, "a result without an operation");
    }
  }
  scwkms_cancel(operation + 1);
  scwkms_cancel(operation - 1);
  CHECK(wait_code(operation) == SCWKMS_OK, "another number cancelled the operation");
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

/* The service responds after the client's deadline: only cancelling can end these operations. */
static void before_the_response(void) {
  static call_record records[OPERATIONS];
  static waiter waiters[OPERATIONS];
  expect_line("start");
  for (size_t i = 0; i < OPERATIONS; i++) {
    waiters[i].operation = start(i % 2 == 0 ? &records[i] : NULL);
    /* Threads wait for the second half. */
    if (i >= OPERATIONS / 2) {
      CHECK(pthread_create(&waiters[i].thread, NULL, wait_for, &waiters[i]) == 0, "no thread");
    }
  }
  expect_line("cancel");
  for (size_t i = 0; i < OPERATIONS; i++) {
    CHECK(call_count(&records[i]) == 0, "called too early");
    scwkms_cancel(waiters[i].operation);
    scwkms_cancel(waiters[i].operation);
  }
  for (size_t i = 0; i < OPERATIONS; i++) {
    if (i >= OPERATIONS / 2) {
      pthread_join(waiters[i].thread, NULL);
    } else {
      wait_for(&waiters[i]);
    }
    CHECK(waiters[i].code == SCWKMS_ERROR_CANCELLED, "operation %zu ended with %d", i, (int)waiters[i].code);
    CHECK(call_count(&records[i]) == (i % 2 == 0), "operation %zu: %d calls", i, call_count(&records[i]));
  }
}

/* Two operations need a new key. The one that loads it is cancelled; the other still gets the key. */
static void while_another_needs_the_same_key(const char *other_key) {
  call_record first_called = {0}, second_called = {0};
  scwkms_operation first = 0, second = 0;
  write_line("fetch");
  expect_line("start");
  CHECK(scwkms_public_key_async(client, other_key, RECORD(&first_called), &first, NULL) == SCWKMS_OK, "not started");
  CHECK(scwkms_public_key_async(client, other_key, RECORD(&second_called), &second, NULL) == SCWKMS_OK, "not started");
  expect_line("cancel");
  scwkms_cancel(first);
  CHECK(wait_public_key_code(first) == SCWKMS_ERROR_CANCELLED, "not cancelled");
  CHECK(wait_public_key_code(second) == SCWKMS_OK, "cancelled with the other");
  CHECK(call_count(&first_called) == 1 && call_count(&second_called) == 1, "calls");
}

/* Its request was not sent yet or is in flight: a signature and a cancellation are correct, another outcome is not. */
static void at_once(void) {
  for (int i = 0; i < 50; i++) {
    call_record called = {0};
    scwkms_operation operation = start(&called);
    scwkms_cancel(operation);
    int32_t code = wait_code(operation);
    CHECK(code == SCWKMS_OK || code == SCWKMS_ERROR_CANCELLED, "%d", (int)code);
    CHECK(call_count(&called) == 1, "%d calls", call_count(&called));
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY OTHER_KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  after_the_response();
  numbers_of_no_operation();
  write_line("ready");
  before_the_response();
  while_another_needs_the_same_key(argv[2]);
  at_once();
  scwkms_free(client);
  return check_result();
}
