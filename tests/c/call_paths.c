/*
 * The operations that most programs use, in each of their forms: blocking, asynchronous with options, and asynchronous without. The
 * results agree. Each function that waits for a result refuses operations with a result of another kind.
 *
 *   call_paths SIGNING_KEY DECRYPTION_KEY
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "callback.h"
#include "check.h"
#include "wait_kinds.h"

static const uint8_t digest[32] = {1};
static scwkms_client client;
static const char *signing_key, *decryption_key;

typedef struct call {
  const scwkms_async_options *options;
  scwkms_operation operation;
} call;

static scwkms_buffer buffer_of(const call *started) {
  scwkms_buffer result = {0};
  refuses_other_kinds(started->operation, BUFFER);
  OK(scwkms_wait(started->operation, &result, &error));
  return result;
}

static scwkms_key *key_of(const call *started) {
  scwkms_key *result = NULL;
  refuses_other_kinds(started->operation, KEY);
  OK(scwkms_wait_key(started->operation, &result, &error));
  return result;
}

static void public_key(call *path) {
  scwkms_buffer blocking = {0}, result = {0};
  uint32_t blocking_algorithm = 0, algorithm = 0;
  OK(scwkms_public_key(client, signing_key, &blocking, &blocking_algorithm, &error));
  OK(scwkms_public_key_async(client, signing_key, path->options, &path->operation, &error));
  refuses_other_kinds(path->operation, PUBLIC_KEY);
  OK(scwkms_wait_public_key(path->operation, &result, &algorithm, &error));
  CHECK(result.len == blocking.len && memcmp(result.data, blocking.data, result.len) == 0, "another public key");
  CHECK(algorithm == blocking_algorithm && algorithm == SCWKMS_ALGORITHM_EC_P256_SHA256, "%u", (unsigned)algorithm);
  scwkms_buffer_free(&blocking);
  scwkms_buffer_free(&result);
}

/* Another program checks signatures: operations.c. */
static void sign(call *path) {
  OK(scwkms_sign_async(client, signing_key, SCWKMS_ALGORITHM_EC_P256_SHA256, digest, sizeof digest, path->options,
                       &path->operation, &error));
  scwkms_buffer signature = buffer_of(path);
  CHECK(signature.len > 60 && signature.data[0] == 0x30, "%zu bytes", signature.len);
  scwkms_buffer_free(&signature);
}

static void encrypt_then_decrypt(call *path) {
  scwkms_buffer blocking = {0};
  OK(scwkms_encrypt_async(client, decryption_key, digest, sizeof digest, path->options, &path->operation, &error));
  scwkms_buffer ciphertext = buffer_of(path);
  OK(scwkms_decrypt(client, decryption_key, ciphertext.data, ciphertext.len, &blocking, &error));
  OK(scwkms_decrypt_async(client, decryption_key, ciphertext.data, ciphertext.len, NULL, &path->operation, &error));
  scwkms_buffer plaintext = buffer_of(path);
  CHECK(plaintext.len == sizeof digest && memcmp(plaintext.data, digest, sizeof digest) == 0, "another plaintext");
  CHECK(blocking.len == sizeof digest && memcmp(blocking.data, digest, sizeof digest) == 0, "another plaintext");
  scwkms_buffer_free(&blocking);
  scwkms_buffer_free(&ciphertext);
  scwkms_buffer_free(&plaintext);
}

static void decrypt(call *path) {
  scwkms_buffer ciphertext = {0};
  OK(scwkms_encrypt(client, decryption_key, digest, sizeof digest, &ciphertext, &error));
  OK(scwkms_decrypt_async(client, decryption_key, ciphertext.data, ciphertext.len, path->options, &path->operation,
                          &error));
  scwkms_buffer plaintext = buffer_of(path);
  CHECK(plaintext.len == sizeof digest && memcmp(plaintext.data, digest, sizeof digest) == 0, "another plaintext");
  scwkms_buffer_free(&ciphertext);
  scwkms_buffer_free(&plaintext);
}

static void get_key(call *path) {
  scwkms_key *blocking = NULL;
  OK(scwkms_get_key(client, signing_key, &blocking, &error));
  OK(scwkms_get_key_async(client, signing_key, path->options, &path->operation, &error));
  scwkms_key *found = key_of(path);
  CHECK(strcmp(scwkms_key_id(found), scwkms_key_id(blocking)) == 0, "%s", scwkms_key_id(found));
  size_t length = 0, blocking_length = 0;
  const uint8_t *spki = scwkms_key_public_key(found, &length);
  const uint8_t *blocking_spki = scwkms_key_public_key(blocking, &blocking_length);
  CHECK(length > 0 && length == blocking_length && memcmp(spki, blocking_spki, length) == 0, "another public key");
  scwkms_key_free(found);
  scwkms_key_free(blocking);
}

static size_t number_of_keys(const char *query) {
  scwkms_key_list *keys = NULL;
  OK(scwkms_find_keys(client, query, &keys, &error));
  size_t count = scwkms_key_list_len(keys);
  scwkms_key_list_free(keys);
  return count;
}

static void create_key(call *path) {
  OK(scwkms_create_key_async(client, "scwkms:name=call-path;unprotected=true", SCWKMS_ALGORITHM_EC_P384_SHA384,
                             SCWKMS_PROTECTION_LEVEL_SOFTWARE, path->options, &path->operation, &error));
  scwkms_key *created = key_of(path);
  CHECK(scwkms_key_algorithm(created) == SCWKMS_ALGORITHM_EC_P384_SHA384, "%s", scwkms_key_algorithm_name(created));
  CHECK(number_of_keys("scwkms:name=call-path") == 1, "not one key");
  OK(scwkms_delete_key(client, scwkms_key_id(created), &error));
  scwkms_key_free(created);
}

static void find_keys(call *path) {
  scwkms_key_list *found = NULL;
  OK(scwkms_find_keys_async(client, NULL, path->options, &path->operation, &error));
  refuses_other_kinds(path->operation, KEY_LIST);
  OK(scwkms_wait_key_list(path->operation, &found, &error));
  size_t count = scwkms_key_list_len(found);
  CHECK(count >= 2 && count == number_of_keys(NULL), "%zu keys", count);
  CHECK(scwkms_key_id(scwkms_key_list_get(found, count - 1))[0] != '\0', "a key without an id");
  scwkms_key_list_free(found);
}

static void delete_key(call *path) {
  scwkms_key *created = NULL;
  OK(scwkms_create_key(client, "scwkms:name=deleted;unprotected=true", 0, 0, &created, &error));
  OK(scwkms_delete_key_async(client, scwkms_key_id(created), path->options, &path->operation, &error));
  refuses_other_kinds(path->operation, DONE);
  OK(scwkms_wait_done(path->operation, &error));
  CHECK(number_of_keys("scwkms:name=deleted") == 0, "not deleted");
  scwkms_key_free(created);
}

/* Each with a callback, and with neither callback nor options. */
static void both_forms(void (*test)(call *path)) {
  call_record record = {0};
  call with_options = {.options = RECORD(&record)}, without = {0};
  test(&with_options);
  CHECK(call_count(&record) == 1, "%d calls", call_count(&record));
  test(&without);
  for (kind how = BUFFER; how < KINDS; how++) {
    CHECK(wait_as(how, with_options.operation, NULL) == SCWKMS_ERROR_INVALID_HANDLE, "%s: a second result",
          WAIT_NAMES[how]);
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s SIGNING_KEY DECRYPTION_KEY\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  signing_key = argv[1];
  decryption_key = argv[2];
  void (*const tests[])(call *) = {public_key, sign,    encrypt_then_decrypt, decrypt,
                                   get_key,    create_key, find_keys,         delete_key};
  for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
    both_forms(tests[i]);
  }
  scwkms_free(client);
  return check_result();
}
