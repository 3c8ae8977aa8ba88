/*
 * Calls inside a callback: calls that do not wait succeed. Calls that would wait are refused, because they would wait
 * for the thread on which the callback runs.
 *
 *   callbacks KEY    prints "ready"; reads "start" and starts a signature, whose response the service delays; reads
 *                    "go"
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>

#include "callback.h"
#include "lines.h"

static const uint8_t digest[32] = {9};
static scwkms_client client;
static const char *key;

/* The outcomes of the calls inside the callback; check_inside() checks them. */
typedef struct inside {
  call_record called, follower_called;
  scwkms_operation delayed, finished, follower;
  int32_t sign, find, wait_for_delayed, wait_for_finished, wait_for_own, again, public_key, start;
  bool has_reason;
} inside;

static int32_t sign_now(scwkms_error **error) {
  scwkms_buffer signature = {0};
  int32_t code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, error);
  scwkms_buffer_free(&signature);
  return code;
}

static void try_everything(void *context, scwkms_operation operation) {
  inside *self = context;
  scwkms_error *error = NULL;
  scwkms_buffer spki = {0};
  scwkms_key_list *list = NULL;
  self->sign = sign_now(&error);
  self->has_reason = strstr(scwkms_error_message(error), "callback") != NULL;
  scwkms_error_free(error);
  self->find = scwkms_find_keys(client, NULL, &list, NULL);
  scwkms_key_list_free(list);
  self->wait_for_delayed = wait_code(self->delayed);
  self->wait_for_finished = wait_code(self->finished);
  self->wait_for_own = wait_code(operation);
  self->again = wait_code(operation);
  /* The client has this key. */
  self->public_key = scwkms_public_key(client, key, &spki, NULL, NULL);
  scwkms_buffer_free(&spki);
  self->start = scwkms_sign_async(client, key, 0, digest, sizeof digest, RECORD(&self->follower_called),
                                  &self->follower, NULL);
  scwkms_cancel(operation);
  record_call(&self->called, operation);
}

static scwkms_operation start(scwkms_callback callback, void *context) {
  scwkms_operation operation = 0;
  int32_t code =
      scwkms_sign_async(client, key, 0, digest, sizeof digest, OPTIONS(callback, context), &operation, NULL);
  CHECK(code == SCWKMS_OK, "not started: %d", (int)code);
  return operation;
}

static void check_inside(const inside *self) {
  CHECK(self->sign == SCWKMS_ERROR_INVALID_ARGUMENT, "sign: %d", (int)self->sign);
  CHECK(self->has_reason, "the message does not name the callback");
  CHECK(self->find == SCWKMS_ERROR_INVALID_ARGUMENT, "find: %d", (int)self->find);
  CHECK(self->wait_for_delayed == SCWKMS_ERROR_INVALID_ARGUMENT, "%d", (int)self->wait_for_delayed);
  CHECK(self->wait_for_finished == SCWKMS_OK, "an available result: %d", (int)self->wait_for_finished);
  CHECK(self->wait_for_own == SCWKMS_OK, "the own result: %d", (int)self->wait_for_own);
  CHECK(self->again == SCWKMS_ERROR_INVALID_HANDLE, "the own result, twice: %d", (int)self->again);
  CHECK(self->public_key == SCWKMS_OK, "a key that the client has: %d", (int)self->public_key);
  CHECK(self->start == SCWKMS_OK, "an operation started inside: %d", (int)self->start);
  CHECK(wait_code(self->follower) == SCWKMS_OK, "the result of the operation started inside");
  CHECK(call_count(&self->follower_called) == 1, "%d calls", call_count(&self->follower_called));
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(sign_now(NULL) == SCWKMS_OK, "no client");
  write_line("ready");
  expect_line("start");
  inside outcomes = {0};
  outcomes.delayed = start(NULL, NULL);
  expect_line("go");
  call_record finished = {0};
  outcomes.finished = start(record_call, &finished);
  CHECK(wait_for_call(&finished), "no call");
  scwkms_operation operation = start(try_everything, &outcomes);
  CHECK(wait_for_call(&outcomes.called), "a call inside the callback does not return");
  check_inside(&outcomes);
  CHECK(wait_code(operation) == SCWKMS_ERROR_INVALID_HANDLE, "a result that was taken");
  CHECK(wait_code(outcomes.finished) == SCWKMS_ERROR_INVALID_HANDLE, "a result that was taken");
  /* The refused wait left its result in place. */
  CHECK(wait_code(outcomes.delayed) == SCWKMS_OK, "the operation whose wait was refused");
  CHECK(sign_now(NULL) == SCWKMS_OK, "the client stopped working");
  scwkms_free(client);
  return check_result();
}
