/*
 * What a C program can do wrong with arguments: each mistake is an error, never a crash, and writes no output.
 *
 *   misuse SIGNING_KEY DECRYPTION_KEY SYMMETRIC_KEY    the runner checks that no crypto operation reached the service
 */
#include <scwkms.h>

#include <stdlib.h>

#include "misuse.h"

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
  INVALID(scwkms_sign_async(client, NULL, 0, digest, sizeof digest, unexpected, NULL, &request, error));
  INVALID(scwkms_sign_async(client, k, 0, NULL, sizeof digest, unexpected, NULL, &request, error));
  INVALID(scwkms_sign_async(client, k, 0, digest, sizeof digest, unexpected, NULL, NULL, error));
  INVALID(scwkms_decrypt_async(client, NULL, digest, sizeof digest, unexpected, NULL, &request, error));
  INVALID(scwkms_decrypt_async(client, k, NULL, sizeof digest, unexpected, NULL, &request, error));
  INVALID(scwkms_decrypt_async(client, k, digest, sizeof digest, unexpected, NULL, NULL, error));
  INVALID(scwkms_public_key_async(client, NULL, unexpected, NULL, &request, error));
  INVALID(scwkms_public_key_async(client, k, unexpected, NULL, NULL, error));
  INVALID(scwkms_encrypt(client, NULL, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_encrypt(client, k, NULL, sizeof digest, &buffer, error));
  INVALID(scwkms_encrypt(client, k, digest, sizeof digest, NULL, error));
  INVALID(scwkms_create_key(client, NULL, 0, 0, &key_out, error));
  INVALID(scwkms_create_key(client, "name", 0, 0, NULL, error));
  INVALID(scwkms_delete_key(client, NULL, error));
  INVALID(scwkms_find_keys(client, NULL, NULL, error));
  INVALID(scwkms_get_key(client, NULL, &key_out, error));
  INVALID(scwkms_get_key(client, k, NULL, error));
  INVALID(scwkms_validate_name(NULL, error));
}

static int32_t opened(const char *uri, scwkms_error *error) {
  scwkms_client other = scwkms_open(uri, error);
  scwkms_free(other);
  return other == 0 ? SCWKMS_ERROR_INVALID_ARGUMENT : SCWKMS_OK;
}

static void texts_that_are_not_utf8(void) {
  INVALID(opened(not_utf8, error));
  INVALID(scwkms_public_key(client, not_utf8, &buffer, &algorithm, error));
  INVALID(scwkms_sign(client, not_utf8, 0, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_decrypt(client, not_utf8, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_sign_async(client, not_utf8, 0, digest, sizeof digest, unexpected, NULL, &request, error));
  INVALID(scwkms_decrypt_async(client, not_utf8, digest, sizeof digest, unexpected, NULL, &request, error));
  INVALID(scwkms_public_key_async(client, not_utf8, unexpected, NULL, &request, error));
  INVALID(scwkms_encrypt(client, not_utf8, digest, sizeof digest, &buffer, error));
  INVALID(scwkms_create_key(client, not_utf8, 0, 0, &key_out, error));
  INVALID(scwkms_delete_key(client, not_utf8, error));
  INVALID(scwkms_find_keys(client, not_utf8, &list, error));
  INVALID(scwkms_get_key(client, not_utf8, &key_out, error));
  INVALID(scwkms_validate_name(not_utf8, error));
}

static void texts_that_are_no_names(void) {
  static const char *const texts[] = {
      "", " ", "x", "scwkms:", "scwkms:key-id=x", "other:key-id=x", "fr-par/x", "../../keys",
      "fr-par/8a83f62f-2b00-4e17-9bef-bc10faef3098/sign",
      "scwkms:key-id=8a83f62f-2b00-4e17-9bef-bc10faef3098;region=../nl",
      "scwkms:key-id=8a83f62f-2b00-4e17-9bef-bc10faef3098;name=two",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    INVALID(scwkms_public_key(client, texts[i], &buffer, &algorithm, error));
    INVALID(scwkms_sign(client, texts[i], 0, digest, sizeof digest, &buffer, error));
    INVALID(scwkms_sign_async(client, texts[i], 0, digest, sizeof digest, unexpected, NULL, &request, error));
    INVALID(scwkms_get_key(client, texts[i], &key_out, error));
    INVALID(scwkms_delete_key(client, texts[i], error));
  }
}

/* A place for the result that is none: the request is not lost by it. */
static void waiting_without_a_place(const char *k) {
  scwkms_request started = 0;
  scwkms_buffer signature = {0};
  CHECK(scwkms_public_key_async(client, k, NULL, NULL, &started, NULL) == SCWKMS_OK, "not started");
  INVALID(scwkms_wait(started, NULL, error));
  CHECK(scwkms_wait(started, &signature, NULL) == SCWKMS_OK, "the request was lost");
  scwkms_buffer_free(&signature);
}

/* A length beyond the one byte that is there must be refused by its value: valgrind sees any read. */
static void lengths_that_are_wrong(const char *sign, const char *decrypt, const char *symmetric) {
  uint8_t *one = malloc(1);
  CHECK(one != NULL, "no memory");
  one[0] = 7;
  static const size_t lengths[] = {1, 1u << 20, SIZE_MAX / 2, SIZE_MAX / 2 + 1, SIZE_MAX - 1, SIZE_MAX};
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    INVALID(scwkms_sign(client, sign, 0, one, lengths[i], &buffer, error));
    INVALID(scwkms_decrypt(client, decrypt, one, lengths[i], &buffer, error));
    INVALID(scwkms_sign_async(client, sign, 0, one, lengths[i], unexpected, NULL, &request, error));
    INVALID(scwkms_decrypt_async(client, decrypt, one, lengths[i], unexpected, NULL, &request, error));
    if (i > 0) {
      INVALID(scwkms_encrypt(client, decrypt, one, lengths[i], &buffer, error));
      INVALID(scwkms_decrypt(client, symmetric, one, lengths[i], &buffer, error));
      INVALID(scwkms_encrypt(client, symmetric, one, lengths[i], &buffer, error));
    }
  }
  free(one);
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
    INVALID(scwkms_sign_async(client, sign, numbers[i], digest, sizeof digest, unexpected, NULL, &request, error));
    INVALID(scwkms_create_key(client, "name", numbers[i], 0, &key_out, error));
    INVALID(scwkms_create_key(client, "name", 0, numbers[i], &key_out, error));
  }
}

static void keys_of_another_kind(const char *sign, const char *decrypt, const char *symmetric) {
  const uint8_t text[256] = {1};
#define UNSUPPORTED(call) REFUSED(SCWKMS_ERROR_UNSUPPORTED, call)
  UNSUPPORTED(scwkms_public_key(client, symmetric, &buffer, &algorithm, error));
  UNSUPPORTED(scwkms_sign(client, decrypt, 0, digest, sizeof digest, &buffer, error));
  UNSUPPORTED(scwkms_sign(client, symmetric, 0, digest, sizeof digest, &buffer, error));
  UNSUPPORTED(scwkms_decrypt(client, sign, text, sizeof text, &buffer, error));
  UNSUPPORTED(scwkms_public_key_async(client, symmetric, unexpected, NULL, &request, error));
  UNSUPPORTED(scwkms_sign_async(client, decrypt, 0, digest, sizeof digest, unexpected, NULL, &request, error));
  UNSUPPORTED(scwkms_decrypt_async(client, sign, text, sizeof text, unexpected, NULL, &request, error));
  UNSUPPORTED(scwkms_encrypt(client, sign, text, 16, &buffer, error));
  for (uint32_t other = SCWKMS_ALGORITHM_EC_P384_SHA384; other <= SCWKMS_ALGORITHM_EC_SECP256K1_SHA256; other++) {
    UNSUPPORTED(scwkms_sign(client, sign, other, digest, sizeof digest, &buffer, error));
  }
}

static void freeing_nothing(const char *k) {
  scwkms_error error = {0};
  scwkms_buffer empty = {0};
  scwkms_key no_key = {0};
  scwkms_key_list no_keys = {0};
  scwkms_free(0);
  for (int pass = 0; pass < 2; pass++) {
    scwkms_buffer_free(NULL);
    scwkms_error_free(NULL);
    scwkms_key_free(NULL);
    scwkms_key_list_free(NULL);
    scwkms_buffer_free(&empty);
    scwkms_error_free(&error);
    scwkms_key_free(&no_key);
    scwkms_key_list_free(&no_keys);
  }
  CHECK(scwkms_public_key(client, k, &empty, NULL, NULL) == SCWKMS_OK, "algorithm and error may be NULL");
  CHECK(scwkms_get_key(client, k, &no_key, NULL) == SCWKMS_OK, "error may be NULL");
  CHECK(scwkms_find_keys(client, "scwkms:name=nobody", &no_keys, NULL) == SCWKMS_OK && no_keys.len == 0, "found one");
  scwkms_validate_name("", &error);
  for (int pass = 0; pass < 2; pass++) {
    scwkms_buffer_free(&empty);
    scwkms_key_free(&no_key);
    scwkms_key_list_free(&no_keys);
    scwkms_error_free(&error);
    CHECK(empty.data == NULL && empty.len == 0, "buffer not zeroed");
    CHECK(no_key.id == NULL && no_key.uri == NULL && no_key.algorithm == 0, "key not zeroed");
    CHECK(error.message == NULL && error.code == 0, "error not zeroed");
  }
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s SIGNING_KEY DECRYPTION_KEY SYMMETRIC_KEY\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  null_arguments(argv[1]);
  texts_that_are_not_utf8();
  texts_that_are_no_names();
  waiting_without_a_place(argv[1]);
  lengths_that_are_wrong(argv[1], argv[2], argv[3]);
  numbers_that_are_wrong(argv[1]);
  keys_of_another_kind(argv[1], argv[2], argv[3]);
  freeing_nothing(argv[1]);
  scwkms_free(client);
  CHECK(unexpected_calls == 0, "%d callbacks without a request", unexpected_calls);
  return check_result();
}
