/*
 * Many threads sign with one client, which is freed at the same time.
 *
 *   threads KEY THREADS SIGNATURES FOLDER    each thread makes SIGNATURES, and more until the client is freed
 *
 * A call ends with a signature or, only after the client was freed, with SCWKMS_ERROR_INVALID_HANDLE. Each signature
 * is written to FOLDER/DIGEST, named after the digest in hexadecimal; the runner verifies it.
 */
#include <scwkms.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { MAX_THREADS = 64, DIGEST = 32 };

static scwkms_client client;
static const char *key, *folder;
static size_t signatures;
static atomic_size_t finished; /* threads that made their signatures */
static atomic_bool freed;

/* CHECK counts without a lock: threads write failures here, and main() checks them. */
typedef struct worker {
  pthread_t thread;
  uint8_t number;
  size_t made;
  char wrong[256];
} worker;

static void save(worker *self, const uint8_t digest[DIGEST], const scwkms_buffer *signature) {
  char path[512];
  int length = snprintf(path, sizeof path, "%s/", folder);
  for (size_t i = 0; i < DIGEST; i++) {
    length += snprintf(path + length, sizeof path - (size_t)length, "%02x", digest[i]);
  }
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(signature->data, 1, signature->len, file) != signature->len || fclose(file) != 0) {
    snprintf(self->wrong, sizeof self->wrong, "cannot write %.200s", path);
  }
}

/* Returns whether it signed. */
static bool sign(worker *self) {
  uint8_t digest[DIGEST] = {self->number, (uint8_t)self->made, (uint8_t)(self->made >> 8)};
  scwkms_error *error = NULL;
  scwkms_buffer signature = {0};
  int32_t code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, &error);
  bool was_freed = atomic_load(&freed);
  if (code == SCWKMS_OK) {
    self->made++;
    save(self, digest, &signature);
  } else if (code != SCWKMS_ERROR_INVALID_HANDLE || !was_freed) {
    snprintf(self->wrong, sizeof self->wrong, "%d: %.200s", (int)code, scwkms_error_message(error));
  }
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
  return code == SCWKMS_OK;
}

static void *sign_until_freed(void *argument) {
  worker *self = argument;
  while (self->wrong[0] == '\0' && sign(self)) {
    if (self->made == signatures) {
      atomic_fetch_add(&finished, 1);
    }
  }
  if (self->made < signatures) {
    atomic_fetch_add(&finished, 1); /* otherwise main() would wait for signatures that do not come */
  }
  return NULL;
}

int main(int argc, char **argv) {
  static worker workers[MAX_THREADS];
  if (argc != 5) {
    fprintf(stderr, "usage: %s KEY THREADS SIGNATURES FOLDER\n", argv[0]);
    return 2;
  }
  key = argv[1];
  size_t threads = (size_t)strtoul(argv[2], NULL, 10);
  signatures = (size_t)strtoul(argv[3], NULL, 10);
  folder = argv[4];
  if (threads > MAX_THREADS) {
    threads = MAX_THREADS;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  for (size_t i = 0; i < threads; i++) {
    workers[i].number = (uint8_t)i;
    CHECK(pthread_create(&workers[i].thread, NULL, sign_until_freed, &workers[i]) == 0, "no thread %zu", i);
  }
  while (atomic_load(&finished) < threads) {
    /* This thread signs while it waits, and so notices a failure. */
    const uint8_t digest[DIGEST] = {0xff};
    scwkms_buffer signature = {0};
    CHECK(scwkms_sign(client, key, 0, digest, sizeof digest, &signature, NULL) == SCWKMS_OK, "the main thread's");
    scwkms_buffer_free(&signature);
  }
  atomic_store(&freed, true);
  scwkms_free(client);
  for (size_t i = 0; i < threads; i++) {
    CHECK(pthread_join(workers[i].thread, NULL) == 0, "thread %zu", i);
    CHECK(workers[i].wrong[0] == '\0', "thread %zu: %s", i, workers[i].wrong);
    CHECK(workers[i].made >= signatures, "thread %zu made %zu", i, workers[i].made);
  }
  return check_result();
}
