/*
 * A callback that does not return keeps the library's I/O thread busy. The wait for its operation has no time limit. The wait
 * for another operation ends after its deadline, and its callback is never called.
 *
 *   slow_callback KEY
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "callback.h"
#include "check.h"

static scwkms_client client;
static const char *key;
static sem_t begun, may_return;
static atomic_bool returned;

typedef struct waiting {
  scwkms_operation operation;
  int32_t code;
  atomic_bool ended;
  bool callback_had_returned;
} waiting;

static void block(void *context, scwkms_operation operation) {
  sem_post(&begun);
  sem_wait(&may_return);
  record_call(context, operation);
  atomic_store(&returned, true);
}

static scwkms_operation start(scwkms_callback callback, call_record *record, uint32_t timeout_ms) {
  const scwkms_async_options options = {
      .size = sizeof options, .callback = callback, .context = record, .timeout_ms = timeout_ms};
  scwkms_operation operation = 0;
  CHECK(scwkms_public_key_async(client, key, &options, &operation, NULL) == SCWKMS_OK, "not started");
  return operation;
}

static void *wait_for_it(void *argument) {
  waiting *self = argument;
  self->code = wait_public_key_code(self->operation);
  self->callback_had_returned = atomic_load(&returned);
  atomic_store(&self->ended, true);
  return NULL;
}

/* Loads the key. */
static void open_client(void) {
  scwkms_buffer spki = {0};
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(scwkms_public_key(client, key, &spki, NULL, NULL) == SCWKMS_OK, "no client");
  scwkms_buffer_free(&spki);
}

int main(int argc, char **argv) {
  call_record blocked = {0}, withdrawn = {0}, last = {0};
  pthread_t thread;
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  CHECK(sem_init(&begun, 0, 0) == 0 && sem_init(&may_return, 0, 0) == 0, "no semaphore");
  open_client();

  waiting first = {.operation = start(block, &blocked, 100)};
  CHECK(sem_wait(&begun) == 0, "no callback");
  CHECK(pthread_create(&thread, NULL, wait_for_it, &first) == 0, "no thread");
  /* Its wait ends later than a wait for the first operation with a time limit would. */
  CHECK(wait_public_key_code(start(record_call, &withdrawn, 1000)) == SCWKMS_ERROR_TIMEOUT, "the I/O thread is not busy");
  CHECK(!atomic_load(&first.ended), "the wait returned while the callback was running");

  sem_post(&may_return);
  CHECK(pthread_join(thread, NULL) == 0 && first.code == SCWKMS_OK, "%d", (int)first.code);
  CHECK(first.callback_had_returned && call_count(&blocked) == 1, "the wait returned before the callback");
  /* The I/O thread calls callbacks in their order. */
  CHECK(wait_public_key_code(start(record_call, &last, 0)) == SCWKMS_OK && call_count(&last) == 1, "the last operation");
  CHECK(call_count(&withdrawn) == 0, "a callback was called after its wait had returned");
  scwkms_free(client);
  return check_result();
}
