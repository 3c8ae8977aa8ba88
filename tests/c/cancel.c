/*
 * Requests that are given up: before, while and after the service answers, by the thread that started them and by
 * another while somebody waits.
 *
 *   cancel KEY OTHER_KEY    prints "ready"; reads "start" and starts REQUESTS signatures, which the service holds back;
 *                           reads "cancel" once they are there; prints "fetch", and reads "start" and "cancel" once
 *                           more, for OTHER_KEY, which it fetches
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <pthread.h>
#include <stdlib.h>

#include "notice.h"
#include "talk.h"

enum { REQUESTS = 8 };

static const uint8_t digest[32] = {3};
static scwkms_client client;
static const char *key;

static scwkms_request start(notice *called) {
  scwkms_request request = 0;
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, called != NULL ? notify : NULL, called, &request,
                          NULL) == SCWKMS_OK,
        "not started");
  return request;
}

/* A result that is there stays there. */
static void after_the_answer(void) {
  notice called = {0};
  scwkms_request request = start(&called);
  CHECK(await_call(&called), "no answer");
  scwkms_cancel(request);
  CHECK(outcome_of(request) == SCWKMS_OK, "a result was lost");
  scwkms_cancel(request);
  CHECK(outcome_of(request) == SCWKMS_ERROR_INVALID_HANDLE, "a second result");
  CHECK(calls_of(&called) == 1, "%d calls", calls_of(&called));
}

static void of_nothing(void) {
  const scwkms_request numbers[] = {0, 1, UINT32_MAX, UINT64_MAX, UINT64_MAX / 2, client};
  notice called = {0};
  scwkms_request request = start(&called);
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    if (numbers[i] != request) {
      scwkms_cancel(numbers[i]);
      CHECK(outcome_of(numbers[i]) == SCWKMS_ERROR_INVALID_HANDLE, "a result of nothing");
    }
  }
  scwkms_cancel(request + 1);
  scwkms_cancel(request - 1);
  CHECK(outcome_of(request) == SCWKMS_OK, "a request was given up by a number that is not its own");
}

typedef struct waiter {
  pthread_t thread;
  scwkms_request request;
  int32_t code;
} waiter;

static void *wait_for(void *argument) {
  waiter *self = argument;
  self->code = outcome_of(self->request);
  return NULL;
}

/* The service would answer after the client's deadline: only giving up can end these. */
static void before_the_answer(void) {
  static notice notices[REQUESTS];
  static waiter waiters[REQUESTS];
  await("start");
  for (size_t i = 0; i < REQUESTS; i++) {
    waiters[i].request = start(i % 2 == 0 ? &notices[i] : NULL);
    /* Somebody waits for the second half. */
    if (i >= REQUESTS / 2) {
      CHECK(pthread_create(&waiters[i].thread, NULL, wait_for, &waiters[i]) == 0, "no thread");
    }
  }
  await("cancel");
  for (size_t i = 0; i < REQUESTS; i++) {
    CHECK(calls_of(&notices[i]) == 0, "called too early");
    scwkms_cancel(waiters[i].request);
    scwkms_cancel(waiters[i].request);
  }
  for (size_t i = 0; i < REQUESTS; i++) {
    if (i >= REQUESTS / 2) {
      pthread_join(waiters[i].thread, NULL);
    } else {
      wait_for(&waiters[i]);
    }
    CHECK(waiters[i].code == SCWKMS_ERROR_CANCELLED, "request %zu ended with %d", i, (int)waiters[i].code);
    CHECK(calls_of(&notices[i]) == (i % 2 == 0), "request %zu: %d calls", i, calls_of(&notices[i]));
  }
}

/* Two want a key that nobody has used. The one that fetches it is given up, and the other gets it all the same. */
static void while_others_want_the_same(const char *other_key) {
  notice first_called = {0}, second_called = {0};
  scwkms_request first = 0, second = 0;
  tell("fetch");
  await("start");
  CHECK(scwkms_public_key_async(client, other_key, notify, &first_called, &first, NULL) == SCWKMS_OK, "not started");
  CHECK(scwkms_public_key_async(client, other_key, notify, &second_called, &second, NULL) == SCWKMS_OK, "not started");
  await("cancel");
  scwkms_cancel(first);
  CHECK(outcome_of(first) == SCWKMS_ERROR_CANCELLED, "not given up");
  CHECK(outcome_of(second) == SCWKMS_OK, "given up with the other");
  CHECK(calls_of(&first_called) == 1 && calls_of(&second_called) == 1, "calls");
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY OTHER_KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  after_the_answer();
  of_nothing();
  tell("ready");
  before_the_answer();
  while_others_want_the_same(argv[2]);
  /* At once, so that nothing was sent yet or something is on its way: either is fine, but no third. */
  for (int i = 0; i < 50; i++) {
    notice called = {0};
    scwkms_request request = start(&called);
    scwkms_cancel(request);
    int32_t code = outcome_of(request);
    CHECK(code == SCWKMS_OK || code == SCWKMS_ERROR_CANCELLED, "%d", (int)code);
    CHECK(calls_of(&called) == 1, "%d calls", calls_of(&called));
  }
  scwkms_free(client);
  return check_result();
}
