/*
 * Frees a client while signatures are in flight: the service delays its responses, or asks to wait before another
 * attempt, and the runner writes "free" when all requests have arrived. Calls in flight end with a signature, or, where
 * they wait for another attempt, with the error of the service; later calls end with SCWKMS_ERROR_INVALID_HANDLE.
 *
 *   free_in_flight KEY THREADS CODE    prints "ready"; reads "sign" and starts the threads; reads "free" and frees the
 *                                      client; the calls end with CODE; prints a line "DIGEST SIGNATURE" in
 *                                      hexadecimal for each thread that signed
 */
#include <scwkms.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

enum { MAX_THREADS = 64 };

typedef struct worker {
  pthread_t thread;
  uint8_t digest[32];
  scwkms_buffer signature;
  scwkms_error *error;
  int32_t code;
} worker;

static scwkms_client client;
static const char *key;
static atomic_size_t returned;

static void *sign(void *argument) {
  worker *self = argument;
  self->code = scwkms_sign(client, key, 0, self->digest, sizeof self->digest, &self->signature, &self->error);
  atomic_fetch_add(&returned, 1);
  return NULL;
}

static void check_outcome(worker *self, size_t number, int32_t expected) {
  const char *message = scwkms_error_message(self->error);
  CHECK(self->code == expected, "thread %zu: %d, %s", number, (int)self->code, message);
  if (expected == SCWKMS_OK) {
    print_hex(self->digest, sizeof self->digest, ' ');
    print_hex(self->signature.data, self->signature.len, '\n');
  } else {
    CHECK(strstr(message, "the client was closed before another") != NULL, "thread %zu: %s", number, message);
  }
  scwkms_buffer_free(&self->signature);
  scwkms_error_free(self->error);
}

int main(int argc, char **argv) {
  static worker workers[MAX_THREADS];
  scwkms_buffer spki = {0};
  if (argc != 4) {
    fprintf(stderr, "usage: %s KEY THREADS CODE\n", argv[0]);
    return 2;
  }
  key = argv[1];
  size_t threads = (size_t)strtoul(argv[2], NULL, 10);
  threads = threads > MAX_THREADS ? MAX_THREADS : threads;
  const int32_t expected = (int32_t)strtol(argv[3], NULL, 10);
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(scwkms_public_key(client, key, &spki, NULL, NULL) == SCWKMS_OK, "the key cannot be loaded");
  scwkms_buffer_free(&spki);
  write_line("ready");

  expect_line("sign");
  for (size_t i = 0; i < threads; i++) {
    workers[i].digest[0] = (uint8_t)i;
    CHECK(pthread_create(&workers[i].thread, NULL, sign, &workers[i]) == 0, "no thread %zu", i);
  }
  expect_line("free");
  CHECK(atomic_load(&returned) == 0, "a call returned before the client was freed");
  scwkms_free(client);
  scwkms_free(client);

  scwkms_buffer late = {0};
  int32_t code = scwkms_sign(client, key, 0, workers[0].digest, sizeof workers[0].digest, &late, NULL);
  CHECK(code == SCWKMS_ERROR_INVALID_HANDLE, "a later call: %d", (int)code);
  CHECK(late.data == NULL, "a later call signed");
  for (size_t i = 0; i < threads; i++) {
    CHECK(pthread_join(workers[i].thread, NULL) == 0, "thread %zu", i);
    check_outcome(&workers[i], i, expected);
  }
  fflush(stdout);
  return check_result();
}
