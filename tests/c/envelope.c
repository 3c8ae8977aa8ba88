/*
 * Encryptors, decryptors and caches of data keys: misuse, outputs on failure, and several threads with one cache.
 *
 *   envelope KEY OTHER_KEY    two symmetric keys; the runner counts the requests
 */
#include <scwkms.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "refused.h"

enum { THREADS = 4, MESSAGES = 8, LENGTH = 200000 };
static const uint8_t context[] = "context";
static uint8_t plaintext[LENGTH];
static scwkms_client client;
static const char *key;
static scwkms_encryptor *encryptor;
static scwkms_decryptor *decryptor;
static scwkms_data_key_cache *cache;

typedef struct {
  uint8_t *bytes;
  size_t length;
} message;

/* Ends the program after a failure. Unlike CHECK, any thread may use it. */
static void must(bool succeeded, const char *what) {
  if (!succeeded) {
    fprintf(stderr, "failed: %s\n", what);
    exit(1);
  }
}

static void append(message *to, scwkms_buffer *from) {
  if (from->len > 0) {
    to->bytes = realloc(to->bytes, to->length + from->len);
    must(to->bytes != NULL, "memory");
    memcpy(to->bytes + to->length, from->data, from->len);
    to->length += from->len;
  }
  scwkms_buffer_free(from);
}

static message encrypt(const scwkms_data_key_cache *with) {
  scwkms_encryptor *own = NULL;
  scwkms_buffer output = {0};
  message result = {0};
  int32_t code = scwkms_encryptor_new(client, key, context, sizeof context, with, &own, NULL);
  must(code == SCWKMS_OK, "new");
  for (size_t at = 0; at < LENGTH; at += 50000) {
    must(scwkms_encryptor_update(own, plaintext + at, 50000, &output, NULL) == SCWKMS_OK, "update");
    append(&result, &output);
  }
  must(scwkms_encryptor_finish(own, &output, NULL) == SCWKMS_OK, "finish");
  append(&result, &output);
  scwkms_encryptor_free(own);
  return result;
}

static void check_decryption(const message *m, const scwkms_data_key_cache *with, size_t start) {
  scwkms_decryptor *own = NULL;
  scwkms_buffer output = {0};
  message result = {0};
  int32_t code = scwkms_decryptor_new(client, key, context, sizeof context, with, m->bytes, start, &own, NULL);
  must(code == SCWKMS_OK, "new");
  must(scwkms_decryptor_update(own, m->bytes + start, m->length - start, &output, NULL) == SCWKMS_OK, "update");
  append(&result, &output);
  must(scwkms_decryptor_finish(own, &output, NULL) == SCWKMS_OK, "finish");
  append(&result, &output);
  must(result.length == LENGTH && memcmp(result.bytes, plaintext, LENGTH) == 0, "plaintext");
  scwkms_decryptor_free(own);
  free(result.bytes);
}

static void *use_cache(void *unused) {
  for (int i = 0; i < MESSAGES; i++) {
    message made = encrypt(cache);
    check_decryption(&made, cache, SCWKMS_ENVELOPE_MAX_HEADER_LEN);
    free(made.bytes);
  }
  return unused;
}

static void threads_share_a_cache(void) {
  pthread_t threads[THREADS];
  CHECK(scwkms_data_key_cache_new(client, NULL, &cache, NULL) == SCWKMS_OK, "no cache");
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_create(&threads[i], NULL, use_cache, NULL) == 0, "no thread");
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
  }
}

static void invalid_arguments(const message *m) {
  scwkms_data_key_limits limits = {.size = 1};
  INVALID(scwkms_data_key_cache_new(client, NULL, NULL, error));
  INVALID(scwkms_data_key_cache_new(client, &limits, &cache, error));
  INVALID(scwkms_encryptor_new(client, NULL, NULL, 0, NULL, &encryptor, error));
  INVALID(scwkms_encryptor_new(client, key, NULL, 1, NULL, &encryptor, error));
  INVALID(scwkms_encryptor_new(client, key, NULL, 0, NULL, NULL, error));
  INVALID(scwkms_encryptor_update(NULL, plaintext, 1, &buffer, error));
  INVALID(scwkms_encryptor_finish(NULL, &buffer, error));
  INVALID(scwkms_decryptor_new(client, "?", NULL, 0, NULL, m->bytes, m->length, &decryptor, error));
  INVALID(scwkms_decryptor_new(client, key, NULL, 0, NULL, NULL, 1, &decryptor, error));
  INVALID(scwkms_decryptor_new(client, key, NULL, 0, NULL, plaintext, LENGTH, &decryptor, error));
  INVALID(scwkms_decryptor_new(client, key, NULL, 0, NULL, m->bytes, m->length, NULL, error));
  INVALID(scwkms_decryptor_update(NULL, plaintext, 1, &buffer, error));
  INVALID(scwkms_decryptor_finish(NULL, &buffer, error));
  REFUSED(SCWKMS_ERROR_INVALID_HANDLE, scwkms_encryptor_new(1, key, NULL, 0, NULL, &encryptor, error));
  REFUSED(SCWKMS_ERROR_INVALID_HANDLE, scwkms_data_key_cache_new(0, NULL, &cache, error));
  CHECK(encryptor == NULL && decryptor == NULL, "an output was written");
  scwkms_encryptor_free(NULL);
  scwkms_decryptor_free(NULL);
  scwkms_data_key_cache_free(NULL);
}

static void other_client_and_other_key(const message *m, const char *other_key) {
  scwkms_client other = scwkms_open(getenv("SCWKMS_URI"), NULL);
  INVALID(scwkms_encryptor_new(other, key, NULL, 0, cache, &encryptor, error));
  scwkms_free(other);
  REFUSED(SCWKMS_ERROR_INTEGRITY, scwkms_decryptor_new(client, other_key, context, sizeof context, NULL, m->bytes,
                                                      m->length, &decryptor, error));
  REFUSED(SCWKMS_ERROR_INTEGRITY,
          scwkms_decryptor_new(client, NULL, NULL, 0, cache, m->bytes, m->length, &decryptor, error));
}

static void after_the_end(void) {
  scwkms_buffer end = {0};
  CHECK(scwkms_encryptor_new(client, key, NULL, 0, cache, &encryptor, NULL) == SCWKMS_OK, "no encryptor");
  CHECK(scwkms_encryptor_finish(encryptor, &end, NULL) == SCWKMS_OK, "finish");
  INVALID(scwkms_encryptor_update(encryptor, plaintext, 1, &buffer, error));
  INVALID(scwkms_encryptor_finish(encryptor, &buffer, error));
  scwkms_encryptor_free(encryptor);
  CHECK(scwkms_decryptor_new(client, NULL, NULL, 0, cache, end.data, end.len, &decryptor, NULL) == SCWKMS_OK, "new");
  scwkms_buffer_free(&end);
  CHECK(scwkms_decryptor_finish(decryptor, &end, NULL) == SCWKMS_OK && end.len == 0, "finish");
  scwkms_buffer_free(&end);
  INVALID(scwkms_decryptor_update(decryptor, plaintext, 1, &buffer, error));
  INVALID(scwkms_decryptor_finish(decryptor, &buffer, error));
  scwkms_decryptor_free(decryptor);
}

static void modified_and_truncated(message *m) {
  const size_t start = SCWKMS_ENVELOPE_MAX_HEADER_LEN;
  scwkms_buffer output = {0};
  CHECK(scwkms_decryptor_new(client, NULL, context, sizeof context, cache, m->bytes, start, &decryptor, NULL) ==
            SCWKMS_OK, "new");
  CHECK(scwkms_decryptor_update(decryptor, m->bytes + start, m->length - start - 1, &output, NULL) == SCWKMS_OK,
        "update");
  scwkms_buffer_free(&output);
  /* The first call ends the message, the second finds that it has ended. */
  CHECK(scwkms_decryptor_finish(decryptor, &buffer, NULL) == SCWKMS_ERROR_INTEGRITY, "a truncated message");
  scwkms_decryptor_free(decryptor);
  m->bytes[start + 70000] ^= 1;
  CHECK(scwkms_decryptor_new(client, NULL, context, sizeof context, cache, m->bytes, start, &decryptor, NULL) ==
            SCWKMS_OK, "new");
  REFUSED(SCWKMS_ERROR_INTEGRITY,
          scwkms_decryptor_update(decryptor, m->bytes + start, m->length - start, &buffer, error));
  CHECK(scwkms_decryptor_finish(decryptor, &output, NULL) == SCWKMS_ERROR_INTEGRITY, "after a failure");
  scwkms_decryptor_free(decryptor);
}

int main(int argc, char **argv) {
  CHECK(argc == 3, "usage: %s KEY OTHER_KEY", argv[0]);
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  for (size_t i = 0; i < LENGTH; i++) {
    plaintext[i] = (uint8_t)(i * 7);
  }
  message made = encrypt(NULL);
  check_decryption(&made, NULL, made.length);
  invalid_arguments(&made);
  threads_share_a_cache();
  other_client_and_other_key(&made, argv[2]);
  after_the_end();
  modified_and_truncated(&made);
  free(made.bytes);
  scwkms_free(client);
  /* After its client. */
  scwkms_data_key_cache_free(cache);
  return check_result();
}
