/*
 * pthread_cancel() before or during a call: the call returns its result, and then the thread ends.
 *
 *   thread_cancel KEY    prints "ready"; reads "start" and signs in two threads, with a blocking and with an asynchronous
 *                        call; reads "cancel" when both requests have arrived
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "lines.h"

/* So many blocking calls in a row that the client uses a direct connection, whose calls wait in poll(). */
enum { STEADY = 50 };

static const uint8_t digest[32] = {17};
static scwkms_client client;
static const char *key;
static sem_t cancelled;

typedef struct signer {
  int32_t (*sign)(scwkms_buffer *);
  pthread_t thread;
  int32_t code;
  scwkms_buffer signature;
  atomic_bool continued;
} signer;

static int32_t sign_blocking(scwkms_buffer *signature) {
  return scwkms_sign(client, key, 0, digest, sizeof digest, signature, NULL);
}

static int32_t sign_and_wait(scwkms_buffer *signature) {
  scwkms_operation operation = 0;
  int32_t code = scwkms_sign_async(client, key, 0, digest, sizeof digest, NULL, &operation, NULL);
  return code == SCWKMS_OK ? scwkms_wait(operation, signature, NULL) : code;
}

/* The cancellation is pending when the client is opened, which opens and reads files. */
static int32_t sign_when_cancelled(scwkms_buffer *signature) {
  int before;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  sem_wait(&cancelled);
  pthread_setcancelstate(before, NULL);
  scwkms_client own = scwkms_open(getenv("SCWKMS_URI"), NULL);
  int32_t code = scwkms_sign(own, key, 0, digest, sizeof digest, signature, NULL);
  scwkms_free(own);
  return code;
}

static void *sign(void *argument) {
  signer *self = argument;
  self->code = self->sign(&self->signature);
  pthread_testcancel();
  atomic_store(&self->continued, true);
  return NULL;
}

static void start(signer *self) {
  self->code = -1;
  CHECK(pthread_create(&self->thread, NULL, sign, self) == 0, "no thread");
}

static void cancel(signer *self) { CHECK(pthread_cancel(self->thread) == 0, "the thread has ended"); }

static void check_cancelled(signer *self) {
  void *result = NULL;
  CHECK(pthread_join(self->thread, &result) == 0, "not joined");
  CHECK(self->code == SCWKMS_OK, "the call did not succeed: %d", (int)self->code);
  CHECK(result == PTHREAD_CANCELED && !atomic_load(&self->continued), "the thread was not cancelled");
  print_hex(digest, sizeof digest, ' ');
  print_hex(self->signature.data, self->signature.len, '\n');
  scwkms_buffer_free(&self->signature);
}

static void cancel_before_the_call(void) {
  signer pending = {.sign = sign_when_cancelled};
  CHECK(sem_init(&cancelled, 0, 0) == 0, "no semaphore");
  start(&pending);
  cancel(&pending);
  sem_post(&cancelled);
  check_cancelled(&pending);
}

static void sign_steadily(void) {
  for (int i = 0; i < STEADY; i++) {
    scwkms_buffer signature = {0};
    CHECK(sign_blocking(&signature) == SCWKMS_OK, "signature %d", i);
    scwkms_buffer_free(&signature);
  }
}

static void cancel_during_the_call(void) {
  signer blocking = {.sign = sign_blocking}, asynchronous = {.sign = sign_and_wait};
  write_line("ready");
  expect_line("start");
  start(&blocking);
  start(&asynchronous);
  expect_line("cancel");
  cancel(&blocking);
  cancel(&asynchronous);
  check_cancelled(&blocking);
  check_cancelled(&asynchronous);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  cancel_before_the_call();
  sign_steadily();
  cancel_during_the_call();
  scwkms_free(client);
  return check_result();
}
