/*
 * Wrong arguments: each mistake is an error, never a crash, and no output is written.
 *
 *   misuse SIGNING_KEY DECRYPTION_KEY SYMMETRIC_KEY    the runner checks that no request for an operation was sent
 */
#include <scwkms.h>

#include <stdlib.h>

#include "refused.h"

static const uint8_t digest[32] = {1};
static const char not_utf8[] = "\xff\xfe";
static scwkms_client client;

static void null_arguments(const char *k) {
  INVALID(scwkms_public_key(client, NULL, &buffer, &algorithm, error));
  INVALID(scwkms_public_key(client, k, NULL, &algorithm, error));
  INVALID(scwkms_sign(client, NULL, 0, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_sign(client, k, 0, NULL, sizeof digest, &buffer, error));
  INVALID(scwkms_sign(client, k, 0, digest, sizeof digest, NULL, error));
  INVALID(scwkms_decrypt(client, NULL, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_decrypt(client, k, NULL, sizeof digest, &buffer, error));
  INVALID(scwkms_decrypt(client, k, digest, sizeof digest, NULL, error));
  INVALID(scwkms_encrypt(client, NULL, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_encrypt(client, k, NULL, sizeof digest, &buffer, error));
  INVALID(scwkms_encrypt(client, k, digest, sizeof digest, NULL, error));
  INVALID(scwkms_get_key(client, NULL, &key_out, error));
  INVALID(scwkms_get_key(client, k, NULL, error));
  INVALID(scwkms_create_key(client, NULL, 0, 0, &key_out, error));
  INVALID(scwkms_create_key(client, "name", 0, 0, NULL, error));
  INVALID(scwkms_delete_key(client, NULL, error));
  INVALID(scwkms_find_keys(client, NULL, NULL, error));
  INVALID(scwkms_validate_name(NULL, error));
}

static void null_arguments_of_asynchronous_calls(const char *k) {
  INVALID(scwkms_public_key_async(client, NULL, &options, &operation, error));
  INVALID(scwkms_public_key_async(client, k, &options, NULL, error));
  INVALID(scwkms_sign_async(client, NULL, 0, digest, sizeof digest, &options, &operation, error));
  INVALID(scwkms_sign_async(client, k, 0, NULL, sizeof digest, &options, &operation, error));
  INVALID(scwkms_sign_async(client, k, 0, digest, sizeof digest, &options, NULL, error));
  INVALID(scwkms_decrypt_async(client, NULL, digest, sizeof digest, &options, &operation, error));
  INVALID(scwkms_decrypt_async(client, k, NULL, sizeof digest, &options, &operation, error));
  INVALID(scwkms_decrypt_async(client, k, digest, sizeof digest, &options, NULL, error));
  INVALID(scwkms_encrypt_async(client, NULL, digest, sizeof digest, &options, &operation, error));
  INVALID(scwkms_encrypt_async(client, k, NULL, sizeof digest, &options, &operation, error));
  INVALID(scwkms_encrypt_async(client, k, digest, sizeof digest, &options, NULL, error));
  INVALID(scwkms_get_key_async(client, NULL, &options, &operation, error));
  INVALID(scwkms_get_key_async(client, k, &options, NULL, error));
  INVALID(scwkms_create_key_async(client, NULL, 0, 0, &options, &operation, error));
  INVALID(scwkms_create_key_async(client, "name", 0, 0, &options, NULL, error));
  INVALID(scwkms_delete_key_async(client, NULL, &options, &operation, error));
  INVALID(scwkms_delete_key_async(client, k, &options, NULL, error));
  INVALID(scwkms_find_keys_async(client, NULL, &options, NULL, error));
}

static int32_t opened(const char *uri, scwkms_error **error) {
  scwkms_client other = scwkms_open(uri, error);
  scwkms_free(other);
  return other == 0 ? SCWKMS_ERROR_INVALID_ARGUMENT : SCWKMS_OK;
}

static void texts_that_are_not_utf8(void) {
  INVALID(opened(not_utf8, error));
  INVALID(scwkms_public_key(client, not_utf8, &buffer, &algorithm, error));
  INVALID(scwkms_sign(client, not_utf8, 0, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_decrypt(client, not_utf8, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_encrypt(client, not_utf8, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_get_key(client, not_utf8, &key_out, error));
  INVALID(scwkms_create_key(client, not_utf8, 0, 0, &key_out, error));
  INVALID(scwkms_delete_key(client, not_utf8, error));
  INVALID(scwkms_find_keys(client, not_utf8, &list, error));
  INVALID(scwkms_validate_name(not_utf8, error));
  INVALID(scwkms_public_key_async(client, not_utf8, &options, &operation, error));
  INVALID(scwkms_sign_async(client, not_utf8, 0, digest, sizeof digest, &options, &operation, error));
  INVALID(scwkms_decrypt_async(client, not_utf8, digest, sizeof digest, &options, &operation, error));
  INVALID(scwkms_encrypt_async(client, not_utf8, digest, sizeof digest, &options, &operation, error));
  INVALID(scwkms_get_key_async(client, not_utf8, &options, &operation, error));
  INVALID(scwkms_create_key_async(client, not_utf8, 0, 0, &options, &operation, error));
  INVALID(scwkms_delete_key_async(client, not_utf8, &options, &operation, error));
  INVALID(scwkms_find_keys_async(client, not_utf8, &options, &operation, error));
}

static void texts_that_are_not_names(void) {
  static const char *const texts[] = {
      "", " ", "x", "scwkms:", "scwkms:key-id=x", "other:key-id=x", "fr-par/x", "../../keys",
      "fr-par/8a83f62f-2b00-4e17-9bef-bc10faef3098/sign",
      "scwkms:key-id=8a83f62f-2b00-4e17-9bef-bc10faef3098;region=../nl",
      "scwkms:key-id=8a83f62f-2b00-4e17-9bef-bc10faef3098;name=two",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    INVALID(scwkms_public_key(client, texts[i], &buffer, &algorithm, error));
    INVALID(scwkms_sign(client, texts[i], 0, digest, sizeof digest, &buffer, error));
    INVALID(scwkms_get_key(client, texts[i], &key_out, error));
    INVALID(scwkms_delete_key(client, texts[i], error));
    INVALID(scwkms_sign_async(client, texts[i], 0, digest, sizeof digest, &options, &operation, error));
    INVALID(scwkms_get_key_async(client, texts[i], &options, &operation, error));
    INVALID(scwkms_delete_key_async(client, texts[i], &options, &operation, error));
  }
}

/* The function refuses NULL, and the operation keeps its result. */
static void waiting_without_an_output(const char *k) {
  scwkms_operation started = 0;
  scwkms_buffer spki = {0};
  scwkms_key *key = NULL;
  CHECK(scwkms_public_key_async(client, k, NULL, &started, NULL) == SCWKMS_OK, "not started");
  INVALID(scwkms_wait_public_key(started, NULL, &algorithm, error));
  CHECK(scwkms_wait_public_key(started, &spki, NULL, NULL) == SCWKMS_OK, "the algorithm may be NULL");
  CHECK(scwkms_get_key_async(client, k, NULL, &started, NULL) == SCWKMS_OK, "not started");
  INVALID(scwkms_wait_key(started, NULL, error));
  CHECK(scwkms_wait_key(started, &key, NULL) == SCWKMS_OK, "the result was lost");
  scwkms_key_free(key);
  scwkms_buffer_free(&spki);
}

/* The library must refuse the length before it reads: valgrind reports a read beyond the one byte. */
static void lengths_that_are_wrong(const char *sign, const char *decrypt, const char *symmetric) {
  uint8_t *one = malloc(1);
  CHECK(one != NULL, "no memory");
  one[0] = 7;
  static const size_t lengths[] = {1, 1u << 20, SIZE_MAX / 2, SIZE_MAX / 2 + 1, SIZE_MAX - 1, SIZE_MAX};
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    INVALID(scwkms_sign(client, sign, 0, one, lengths[i], &buffer, error));
    INVALID(scwkms_decrypt(client, decrypt, one, lengths[i], &buffer, error));
    INVALID(scwkms_sign_async(client, sign, 0, one, lengths[i], &options, &operation, error));
    INVALID(scwkms_decrypt_async(client, decrypt, one, lengths[i], &options, &operation, error));
    if (i > 0) {
      INVALID(scwkms_encrypt(client, decrypt, one, lengths[i], &buffer, error));
      INVALID(scwkms_decrypt(client, symmetric, one, lengths[i], &buffer, error));
      INVALID(scwkms_encrypt(client, symmetric, one, lengths[i], &buffer, error));
      INVALID(scwkms_encrypt_async(client, symmetric, one, lengths[i], &options, &operation, error));
    }
  }
  free(one);
}

static void lengths_that_do_not_fit(const char *sign, const char *decrypt, const char *symmetric) {
  const size_t near[] = {0, 31, 33, 48, 64};
  uint8_t digests[64] = {0};
  for (size_t i = 0; i < sizeof near / sizeof near[0]; i++) {
    INVALID(scwkms_sign(client, sign, 0, digests, near[i], &buffer, error));
  }
  INVALID(scwkms_sign(client, sign, 0, NULL, 0, &buffer, error));
  INVALID(scwkms_decrypt(client, decrypt, NULL, 0, &buffer, error));
  INVALID(scwkms_decrypt(client, decrypt, digests, 0, &buffer, error));
  INVALID(scwkms_decrypt(client, symmetric, NULL, 0, &buffer, error));
  INVALID(scwkms_encrypt(client, symmetric, NULL, 0, &buffer, error));
  INVALID(scwkms_encrypt(client, symmetric, digests, 0, &buffer, error));
}

static void numbers_that_are_wrong(const char *sign) {
  static const uint32_t numbers[] = {19, 99, 256 + 1, 0x80000001, UINT32_MAX};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    INVALID(scwkms_sign(client, sign, numbers[i], digest, sizeof digest, &buffer, error));
    INVALID(scwkms_create_key(client, "name", numbers[i], 0, &key_out, error));
    INVALID(scwkms_create_key(client, "name", 0, numbers[i], &key_out, error));
    INVALID(scwkms_sign_async(client, sign, numbers[i], digest, sizeof digest, &options, &operation, error));
    INVALID(scwkms_create_key_async(client, "name", numbers[i], 0, &options, &operation, error));
    INVALID(scwkms_create_key_async(client, "name", 0, numbers[i], &options, &operation, error));
  }
}

static void keys_of_another_kind(const char *sign, const char *decrypt, const char *symmetric) {
  const uint8_t text[256] = {1};
#define UNSUPPORTED(call) REFUSED(SCWKMS_ERROR_UNSUPPORTED, call)
  UNSUPPORTED(scwkms_public_key(client, symmetric, &buffer, &algorithm, error));
  UNSUPPORTED(scwkms_sign(client, decrypt, 0, digest, sizeof digest, &buffer, error));
  UNSUPPORTED(scwkms_sign(client, symmetric, 0, digest, sizeof digest, &buffer, error));
  UNSUPPORTED(scwkms_decrypt(client, sign, text, sizeof text, &buffer, error));
  UNSUPPORTED(scwkms_encrypt(client, sign, text, 16, &buffer, error));
  UNSUPPORTED(scwkms_public_key_async(client, symmetric, &options, &operation, error));
  UNSUPPORTED(scwkms_sign_async(client, decrypt, 0, digest, sizeof digest, &options, &operation, error));
  UNSUPPORTED(scwkms_decrypt_async(client, sign, text, sizeof text, &options, &operation, error));
  UNSUPPORTED(scwkms_encrypt_async(client, sign, text, 16, &options, &operation, error));
  for (uint32_t other = SCWKMS_ALGORITHM_EC_P384_SHA384; other <= SCWKMS_ALGORITHM_EC_SECP256K1_SHA256; other++) {
    UNSUPPORTED(scwkms_sign(client, sign, other, digest, sizeof digest, &buffer, error));
  }
}

static void freeing_nothing(void) {
  scwkms_buffer empty = {0};
  scwkms_free(0);
  scwkms_close(0);
  scwkms_cancel(0);
  scwkms_buffer_free(NULL);
  scwkms_buffer_free(&empty);
  scwkms_error_free(NULL);
  scwkms_key_free(NULL);
  scwkms_key_list_free(NULL);
}

/* Outputs that may be NULL, and a buffer that is freed twice. */
static void outputs_that_are_optional(const char *k) {
  scwkms_buffer spki = {0};
  scwkms_key *key = NULL;
  scwkms_key_list *keys = NULL;
  CHECK(scwkms_public_key(client, k, &spki, NULL, NULL) == SCWKMS_OK, "algorithm and error may be NULL");
  CHECK(scwkms_get_key(client, k, &key, NULL) == SCWKMS_OK, "error may be NULL");
  CHECK(scwkms_find_keys(client, "scwkms:name=unknown", &keys, NULL) == SCWKMS_OK, "error may be NULL");
  CHECK(keys != NULL && scwkms_key_list_len(keys) == 0, "found one");
  for (int pass = 0; pass < 2; pass++) {
    scwkms_buffer_free(&spki);
    CHECK(spki.data == NULL && spki.len == 0, "not zeroed");
  }
  scwkms_key_free(key);
  scwkms_key_list_free(keys);
}

/* A call that succeeds writes no error. */
static void errors_of_successful_calls(const char *k) {
  scwkms_error *error;
  scwkms_key *key = NULL;
  memset(&error, 0xA5, sizeof error);
  CHECK(scwkms_validate_name(k, &error) == SCWKMS_OK, "a valid name");
  CHECK(scwkms_get_key(client, k, &key, &error) == SCWKMS_OK, "a key");
  CHECK(is_marked(&error, sizeof error), "an error was written");
  scwkms_key_free(key);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s SIGNING_KEY DECRYPTION_KEY SYMMETRIC_KEY\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  null_arguments(argv[1]);
  null_arguments_of_asynchronous_calls(argv[1]);
  texts_that_are_not_utf8();
  texts_that_are_not_names();
  waiting_without_an_output(argv[1]);
  lengths_that_are_wrong(argv[1], argv[2], argv[3]);
  lengths_that_do_not_fit(argv[1], argv[2], argv[3]);
  numbers_that_are_wrong(argv[1]);
  keys_of_another_kind(argv[1], argv[2], argv[3]);
  freeing_nothing();
  outputs_that_are_optional(argv[1]);
  errors_of_successful_calls(argv[1]);
  scwkms_free(client);
  CHECK(unexpected_calls == 0, "%d callbacks without an operation", unexpected_calls);
  return check_result();
}
