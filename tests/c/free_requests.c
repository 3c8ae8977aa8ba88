/*
 * Frees clients while their requests are under way: they are given up, and when scwkms_free() has returned their
 * callbacks have, and are not called again.
 *
 *   free_requests KEY    prints "ready"; reads "start" and starts REQUESTS signatures, which the service holds back;
 *                        reads "free" once they are there; and does both once more
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <pthread.h>
#include <stdlib.h>

#include "notice.h"
#include "talk.h"

enum { REQUESTS = 16, WAITERS = 4 };

static const uint8_t digest[32] = {5};
static const char *key;

static scwkms_client opened(void) {
  scwkms_buffer spki = {0};
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(scwkms_public_key(client, key, &spki, NULL, NULL) == SCWKMS_OK, "the key cannot be opened");
  scwkms_buffer_free(&spki);
  return client;
}

static scwkms_request start(scwkms_client client, scwkms_callback callback, void *context) {
  scwkms_request request = 0;
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, callback, context, &request, NULL) == SCWKMS_OK,
        "not started");
  return request;
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

static void with_requests_under_way(void) {
  /* As short-lived as an object that belongs to the client: valgrind sees a call that comes too late. */
  notice *notices = calloc(REQUESTS, sizeof *notices);
  scwkms_request requests[REQUESTS];
  waiter waiters[WAITERS];
  scwkms_client client = opened(), other = opened();
  tell("ready");
  await("start");
  for (size_t i = 0; i < REQUESTS; i++) {
    requests[i] = start(client, notify, &notices[i]);
  }
  for (size_t i = 0; i < WAITERS; i++) {
    waiters[i].request = requests[i];
    CHECK(pthread_create(&waiters[i].thread, NULL, wait_for, &waiters[i]) == 0, "no thread");
  }
  await("free");
  notice spared = {0};
  scwkms_request of_other = start(other, notify, &spared);
  scwkms_free(client);
  for (size_t i = 0; i < REQUESTS; i++) {
    CHECK(notices[i].calls == 1, "request %zu: %d calls", i, notices[i].calls);
  }
  free(notices);
  for (size_t i = 0; i < REQUESTS; i++) {
    scwkms_cancel(requests[i]);
  }
  for (size_t i = 0; i < WAITERS; i++) {
    pthread_join(waiters[i].thread, NULL);
    CHECK(waiters[i].code == SCWKMS_ERROR_CANCELLED || waiters[i].code == SCWKMS_ERROR_INVALID_HANDLE,
          "waiter %zu got %d", i, (int)waiters[i].code);
  }
  for (size_t i = 0; i < REQUESTS; i++) {
    CHECK(outcome_of(requests[i]) == SCWKMS_ERROR_INVALID_HANDLE, "request %zu outlives its client", i);
  }
  CHECK(outcome_of(of_other) == SCWKMS_OK && calls_of(&spared) == 1, "the other client suffers");
  scwkms_free(other);
}

/* What a callback that frees the client, or takes its result, is called with. */
typedef struct subject {
  scwkms_client client;
  notice called;
  int32_t code;
  bool takes, left;
} subject;

static void free_client(void *context, scwkms_request request) {
  subject *self = context;
  scwkms_free(self->client);
  notify(&self->called, request);
}

/* Inside of a callback it does not wait for the others' callbacks, which follow. */
static void inside_of_a_callback(void) {
  notice notices[REQUESTS] = {{0}};
  scwkms_request requests[REQUESTS];
  subject host = {.client = opened()};
  tell("ready");
  await("start");
  for (size_t i = 0; i < REQUESTS; i++) {
    requests[i] = start(host.client, notify, &notices[i]);
  }
  await("free");
  scwkms_request freeing = start(host.client, free_client, &host);
  CHECK(await_call(&host.called), "scwkms_free() in a callback does not return");
  for (size_t i = 0; i < REQUESTS; i++) {
    CHECK(await_call(&notices[i]), "request %zu was forgotten", i);
    CHECK(outcome_of(requests[i]) == SCWKMS_ERROR_INVALID_HANDLE, "request %zu outlives its client", i);
    CHECK(calls_of(&notices[i]) == 1, "request %zu: %d calls", i, calls_of(&notices[i]));
  }
  CHECK(outcome_of(freeing) == SCWKMS_ERROR_INVALID_HANDLE, "a result of a freed client");
  scwkms_free(host.client);
}

/* Takes its time. A library that does not wait for it is not found out every time, but one that does is never blamed. */
static void linger(void *context, scwkms_request request) {
  subject *self = context;
  if (self->takes) {
    self->code = outcome_of(request);
  }
  notify(&self->called, request);
  nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL);
  self->left = true;
}

/* A callback that has begun is waited for, also where the result was taken before: by it, or by somebody else. */
static void while_a_callback_runs(bool taken_inside, bool taken_outside) {
  subject *host = calloc(1, sizeof *host);
  host->client = opened();
  host->takes = taken_inside;
  scwkms_request request = start(host->client, linger, host);
  CHECK(await_call(&host->called), "no answer");
  if (taken_outside) {
    CHECK(outcome_of(request) == SCWKMS_OK, "no result");
  }
  scwkms_free(host->client);
  CHECK(host->left, "freed before the callback returned (taken %s)",
        taken_inside ? "inside" : taken_outside ? "outside" : "by nobody");
  CHECK(!taken_inside || host->code == SCWKMS_OK, "no result inside: %d", (int)host->code);
  CHECK(outcome_of(request) == SCWKMS_ERROR_INVALID_HANDLE, "a result of a freed client");
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
  with_requests_under_way();
  inside_of_a_callback();
  return check_result();
}
