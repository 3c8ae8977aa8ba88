/*
 * What may be done inside of a callback: all that does not wait. What would wait is refused, since it would wait for
 * the thread that it holds up.
 *
 *   callbacks KEY    prints "ready"; reads "start" and starts a signature, which the service holds back; reads "go"
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>

#include "notice.h"
#include "talk.h"

static const uint8_t digest[32] = {9};
static scwkms_client client;
static const char *key;

/* What the calls inside of the callback returned; main() checks it. */
typedef struct trial {
  notice called, follower_called;
  scwkms_request held_back, finished, follower;
  int32_t sign, find, wait_for_held_back, wait_for_finished, wait_for_own, again, public_key, start;
  bool said_why;
} trial;

static int32_t sign_now(scwkms_error *error) {
  scwkms_buffer signature = {0};
  int32_t code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, error);
  scwkms_buffer_free(&signature);
  return code;
}

static void try_everything(void *context, scwkms_request request) {
  trial *self = context;
  scwkms_error error = {0};
  scwkms_buffer spki = {0};
  scwkms_key_list list = {0};
  self->sign = sign_now(&error);
  self->said_why = error.message != NULL && strstr(error.message, "callback") != NULL;
  scwkms_error_free(&error);
  self->find = scwkms_find_keys(client, NULL, &list, NULL);
  scwkms_key_list_free(&list);
  self->wait_for_held_back = outcome_of(self->held_back);
  self->wait_for_finished = outcome_of(self->finished);
  self->wait_for_own = outcome_of(request);
  self->again = outcome_of(request);
  /* The client has this key. */
  self->public_key = scwkms_public_key(client, key, &spki, NULL, NULL);
  scwkms_buffer_free(&spki);
  self->start = scwkms_sign_async(client, key, 0, digest, sizeof digest, notify, &self->follower_called,
                                  &self->follower, NULL);
  scwkms_cancel(request);
  notify(&self->called, request);
}

static scwkms_request start(scwkms_callback callback, void *context) {
  scwkms_request request = 0;
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, callback, context, &request, NULL) == SCWKMS_OK,
        "not started");
  return request;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(sign_now(NULL) == SCWKMS_OK, "no client");
  tell("ready");
  await("start");
  trial inside = {0};
  inside.held_back = start(NULL, NULL);
  await("go");
  notice finished = {0};
  inside.finished = start(notify, &finished);
  CHECK(await_call(&finished), "no answer");
  scwkms_request request = start(try_everything, &inside);
  CHECK(await_call(&inside.called), "a call inside of the callback does not return");
  CHECK(inside.sign == SCWKMS_ERROR_INVALID_ARGUMENT, "sign: %d", (int)inside.sign);
  CHECK(inside.said_why, "the error does not say why");
  CHECK(inside.find == SCWKMS_ERROR_INVALID_ARGUMENT, "find: %d", (int)inside.find);
  CHECK(inside.wait_for_held_back == SCWKMS_ERROR_INVALID_ARGUMENT, "%d", (int)inside.wait_for_held_back);
  CHECK(inside.wait_for_finished == SCWKMS_OK, "a result that is there: %d", (int)inside.wait_for_finished);
  CHECK(inside.wait_for_own == SCWKMS_OK, "the own result: %d", (int)inside.wait_for_own);
  CHECK(inside.again == SCWKMS_ERROR_INVALID_HANDLE, "the own result, twice: %d", (int)inside.again);
  CHECK(inside.public_key == SCWKMS_OK, "a key that is there: %d", (int)inside.public_key);
  CHECK(inside.start == SCWKMS_OK, "a request after this one: %d", (int)inside.start);
  CHECK(outcome_of(inside.follower) == SCWKMS_OK && calls_of(&inside.follower_called) == 1, "the request after it");
  CHECK(outcome_of(request) == SCWKMS_ERROR_INVALID_HANDLE, "a result that was taken");
  CHECK(outcome_of(inside.finished) == SCWKMS_ERROR_INVALID_HANDLE, "a result that was taken");
  /* Being refused has not cost this one its result. */
  CHECK(outcome_of(inside.held_back) == SCWKMS_OK, "the request that was refused inside");
  CHECK(sign_now(NULL) == SCWKMS_OK, "the client works on");
  scwkms_free(client);
  return check_result();
}
