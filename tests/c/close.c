/*
 * scwkms_close(): it returns at once, no operation of the client starts any more, operations in flight end with their
 * result, and failed attempts are not repeated.
 *
 *   close KEY    prints a stage; reads "start" and starts OPERATIONS signatures by asynchronous calls and one by a
 *                blocking call; reads "close" when their requests have arrived. In the stage "delayed" the service delays its
 *                responses, in the stage "unavailable" it asks to wait before another attempt
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>

#include "callback.h"
#include "lines.h"

enum { OPERATIONS = 4 };

static const uint8_t digest[32] = {19};
static scwkms_client client;
static const char *key;

static void open_client(void) {
  scwkms_buffer spki = {0};
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(scwkms_public_key(client, key, &spki, NULL, NULL) == SCWKMS_OK, "the key cannot be loaded");
  scwkms_buffer_free(&spki);
}

static scwkms_operation start(call_record *record) {
  scwkms_operation operation = 0;
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, RECORD(record), &operation, NULL) == SCWKMS_OK,
        "not started");
  return operation;
}

static void *sign(void *argument) {
  scwkms_buffer signature = {0};
  *(int32_t *)argument = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, NULL);
  scwkms_buffer_free(&signature);
  return NULL;
}

/* A closed client starts nothing. Its number stays a client's until it is freed. */
static void starts_nothing(void) {
  call_record never = {0};
  scwkms_operation operation = 77;
  scwkms_error *error = NULL;
  scwkms_buffer out = {0};
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, RECORD(&never), &operation, &error) ==
            SCWKMS_ERROR_INVALID_HANDLE,
        "an operation was started");
  CHECK(strstr(scwkms_error_message(error), "closed") != NULL, "%s", scwkms_error_message(error));
  CHECK(operation == 77 && call_count(&never) == 0, "an output was written, or a callback called");
  CHECK(scwkms_sign(client, key, 0, digest, sizeof digest, &out, NULL) == SCWKMS_ERROR_INVALID_HANDLE, "signed");
  CHECK(scwkms_public_key(client, key, &out, NULL, NULL) == SCWKMS_ERROR_INVALID_HANDLE, "a key that the client has");
  CHECK(out.data == NULL, "an output was written");
  scwkms_error_free(error);
}

/* The service responds to all of these after scwkms_close(): with a signature, or a request for another attempt. */
static void in_flight(const char *stage, int32_t expected) {
  call_record records[OPERATIONS] = {{0}};
  scwkms_operation operations[OPERATIONS];
  pthread_t thread;
  int32_t blocking = -1;
  open_client();
  write_line(stage);
  expect_line("start");
  for (size_t i = 0; i < OPERATIONS; i++) {
    operations[i] = start(&records[i]);
  }
  CHECK(pthread_create(&thread, NULL, sign, &blocking) == 0, "no thread");
  expect_line("close");
  scwkms_close(client);
  for (size_t i = 0; expected == SCWKMS_OK && i < OPERATIONS; i++) {
    CHECK(call_count(&records[i]) == 0, "scwkms_close() waited for operation %zu", i);
  }
  scwkms_close(client);
  starts_nothing();
  CHECK(pthread_join(thread, NULL) == 0 && blocking == expected, "the blocking call: %d", (int)blocking);
  for (size_t i = 0; i < OPERATIONS; i++) {
    int32_t code = wait_code(operations[i]);
    CHECK(code == expected, "operation %zu: %d", i, (int)code);
    CHECK(call_count(&records[i]) == 1, "operation %zu: %d calls", i, call_count(&records[i]));
  }
  scwkms_free(client);
}

/* A result that was not taken before scwkms_free() cannot be taken after it. */
static void freed_after_closing(void) {
  call_record record = {0};
  open_client();
  scwkms_operation operation = start(&record);
  scwkms_close(client);
  scwkms_free(client);
  CHECK(call_count(&record) == 1, "%d calls", call_count(&record));
  CHECK(wait_code(operation) == SCWKMS_ERROR_INVALID_HANDLE, "a result of a freed client");
  scwkms_close(client);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  in_flight("delayed", SCWKMS_OK);
  in_flight("unavailable", SCWKMS_ERROR_UNAVAILABLE);
  freed_after_closing();
  return check_result();
}
