/*
 * The result of each kind of operation: a signature, a plaintext, a key, or an error. A mistake that the library can
 * find without the service is refused at once, without an operation and a callback; other errors are the result.
 *
 *   operation_results SIGNING_KEY DECRYPTION_KEY FORBIDDEN_KEY    the service refuses the third key
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "callback.h"
#include "check.h"

static const uint8_t digest[32] = {1};
static scwkms_client client;

/* Waits, and checks that the operation ended with a code and that its callback was called once. */
static scwkms_buffer ended(scwkms_operation operation, const call_record *record, int32_t expected) {
  scwkms_error *error = NULL;
  scwkms_buffer result = {0};
  CHECK(wait_for_call(record), "the callback is not called");
  int32_t code = scwkms_wait(operation, &result, &error);
  CHECK(code == expected, "%d: %s", (int)code, scwkms_error_message(error));
  CHECK((error != NULL) == (code != SCWKMS_OK) && scwkms_error_code(error) == code, "no error for %d", (int)code);
  CHECK((error != NULL) == (scwkms_error_message(error)[0] != '\0'), "no message for %d", (int)code);
  CHECK((result.data != NULL) == (code == SCWKMS_OK), "an output was written beside an error, or none without");
  CHECK(call_count(record) == 1, "%d calls", call_count(record));
  CHECK(record->operation == operation, "called for another operation");
  scwkms_error_free(error);
  return result;
}

static bool is_equal(const scwkms_buffer *buffer, const void *bytes, size_t length) {
  return buffer->len == length && memcmp(buffer->data, bytes, length) == 0;
}

static void public_key(const char *key) {
  call_record record = {0};
  scwkms_operation operation = 0;
  scwkms_buffer direct = {0}, result = {0};
  uint32_t direct_algorithm = 0, algorithm = 0;
  CHECK(scwkms_public_key_async(client, key, RECORD(&record), &operation, NULL) == SCWKMS_OK, "not started");
  CHECK(scwkms_wait_public_key(operation, &result, &algorithm, NULL) == SCWKMS_OK, "no public key");
  CHECK(call_count(&record) == 1 && record.operation == operation, "%d calls", call_count(&record));
  CHECK(scwkms_public_key(client, key, &direct, &direct_algorithm, NULL) == SCWKMS_OK, "not fetched");
  CHECK(is_equal(&result, direct.data, direct.len), "another public key");
  CHECK(algorithm == SCWKMS_ALGORITHM_EC_P256_SHA256 && algorithm == direct_algorithm, "%u", (unsigned)algorithm);
  scwkms_buffer_free(&result);
  scwkms_buffer_free(&direct);
}

/* The inputs are copied: they are freed before the operations end. */
static void encryption_and_decryption(const char *key) {
  static const char secret[] = "attack\0at dawn";
  call_record encrypted = {0}, decrypted = {0};
  scwkms_operation operation = 0;
  uint8_t *plaintext = malloc(sizeof secret);
  CHECK(plaintext != NULL, "no memory");
  memcpy(plaintext, secret, sizeof secret);
  CHECK(scwkms_encrypt_async(client, key, plaintext, sizeof secret, RECORD(&encrypted), &operation, NULL) == SCWKMS_OK,
        "not started");
  free(plaintext);
  scwkms_buffer ciphertext = ended(operation, &encrypted, SCWKMS_OK);
  CHECK(scwkms_decrypt_async(client, key, ciphertext.data, ciphertext.len, RECORD(&decrypted), &operation, NULL) ==
            SCWKMS_OK,
        "not started");
  scwkms_buffer_free(&ciphertext);
  scwkms_buffer again = ended(operation, &decrypted, SCWKMS_OK);
  CHECK(is_equal(&again, secret, sizeof secret), "another plaintext");
  scwkms_buffer_free(&again);
}

static void failure(const char *key, size_t digest_len, int32_t expected) {
  call_record record = {0};
  scwkms_operation operation = 0;
  scwkms_client fresh = scwkms_open(getenv("SCWKMS_URI"), NULL);
  int32_t code = scwkms_sign_async(fresh, key, 0, digest, digest_len, RECORD(&record), &operation, NULL);
  CHECK(code == SCWKMS_OK && operation != 0, "%d at once, although the client does not know the key", (int)code);
  ended(operation, &record, expected);
  scwkms_free(fresh);
}

static void refused_at_once(const char *key, const char *decryption_key) {
  call_record never = {0};
  scwkms_operation operation = 77;
  CHECK(scwkms_sign_async(client, key, 0, digest, 31, RECORD(&never), &operation, NULL) ==
            SCWKMS_ERROR_INVALID_ARGUMENT,
        "a digest of 31 bytes");
  CHECK(scwkms_sign_async(client, key, SCWKMS_ALGORITHM_RSA_PSS_2048_SHA256, digest, sizeof digest, RECORD(&never),
                          &operation, NULL) == SCWKMS_ERROR_UNSUPPORTED,
        "another algorithm");
  CHECK(scwkms_decrypt_async(client, decryption_key, digest, sizeof digest, RECORD(&never), &operation, NULL) ==
            SCWKMS_ERROR_INVALID_ARGUMENT,
        "a ciphertext of 32 bytes");
  CHECK(scwkms_decrypt_async(client, key, digest, sizeof digest, RECORD(&never), &operation, NULL) ==
            SCWKMS_ERROR_UNSUPPORTED,
        "a key that signs");
  CHECK(scwkms_public_key_async(client, "no name", RECORD(&never), &operation, NULL) == SCWKMS_ERROR_INVALID_ARGUMENT,
        "not a key's name");
  CHECK(operation == 77, "an output was written");
  /* The callbacks of earlier operations come before that of this one. */
  call_record record = {0};
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, RECORD(&record), &operation, NULL) == SCWKMS_OK,
        "not started");
  scwkms_buffer signature = ended(operation, &record, SCWKMS_OK);
  CHECK(call_count(&never) == 0, "a callback without an operation");
  scwkms_buffer_free(&signature);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s SIGNING_KEY DECRYPTION_KEY FORBIDDEN_KEY\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  failure(argv[3], sizeof digest, SCWKMS_ERROR_PERMISSION_DENIED);
  failure("00000000-0000-4000-8000-000000000000", sizeof digest, SCWKMS_ERROR_NOT_FOUND);
  /* Checks that need the key are made after the key is loaded. */
  failure(argv[1], 31, SCWKMS_ERROR_INVALID_ARGUMENT);
  failure(argv[2], sizeof digest, SCWKMS_ERROR_UNSUPPORTED);
  public_key(argv[1]);
  encryption_and_decryption(argv[2]);
  refused_at_once(argv[1], argv[2]);
  scwkms_free(client);
  return check_result();
}
