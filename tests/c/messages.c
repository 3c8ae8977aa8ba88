/*
 * Signs messages, blocking and asynchronously, and verifies the signatures. A message that another was made of, a digest
 * for an ML-DSA key, and invalid arguments are refused.
 *
 *   messages P256_KEY ML_DSA_KEY    prints the P-256 signature of "message" in hexadecimal
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "callback.h"
#include "lines.h"

static const uint8_t message[] = {'m', 'e', 's', 's', 'a', 'g', 'e'};
static scwkms_client client;

static int32_t verified(const char *key, size_t length, const scwkms_buffer *signature) {
  return scwkms_verify_message(client, key, 0, message, length, signature->data, signature->len, NULL);
}

static int32_t verified_async(const char *key, size_t length, const scwkms_buffer *signature) {
  scwkms_operation operation = 0;
  int32_t code = scwkms_verify_message_async(client, key, 0, message, length, signature->data, signature->len, NULL,
                                             &operation, NULL);
  return code == SCWKMS_OK ? scwkms_wait_done(operation, NULL) : code;
}

static void check_signature(const char *key, const scwkms_buffer *signature) {
  CHECK(signature->data != NULL, "no signature");
  CHECK(verified(key, sizeof message, signature) == SCWKMS_OK, "not valid");
  CHECK(verified_async(key, sizeof message, signature) == SCWKMS_OK, "not valid");
  CHECK(verified(key, sizeof message - 1, signature) == SCWKMS_ERROR_INTEGRITY, "valid for another message");
  CHECK(verified_async(key, sizeof message - 1, signature) == SCWKMS_ERROR_INTEGRITY, "valid for another message");
}

/* Signs in both forms. The asynchronous form copies the message. */
static scwkms_buffer signatures(const char *key, uint32_t algorithm) {
  scwkms_error *error = NULL;
  scwkms_buffer signature = {0}, second = {0};
  scwkms_operation operation = 0;
  call_record record = {0};
  int32_t code = scwkms_sign_message(client, key, algorithm, message, sizeof message, &signature, &error);
  CHECK(code == SCWKMS_OK, "%s", scwkms_error_message(error));
  scwkms_error_free(error);
  check_signature(key, &signature);
  uint8_t *copy = malloc(sizeof message);
  CHECK(copy != NULL, "no memory");
  memcpy(copy, message, sizeof message);
  code = scwkms_sign_message_async(client, key, algorithm, copy, sizeof message, RECORD(&record), &operation, NULL);
  CHECK(code == SCWKMS_OK, "%d", (int)code);
  memset(copy, 0, sizeof message);
  free(copy);
  CHECK(scwkms_wait(operation, &second, NULL) == SCWKMS_OK, "no signature");
  CHECK(call_count(&record) == 1, "%d calls", call_count(&record));
  check_signature(key, &second);
  scwkms_buffer_free(&second);
  return signature;
}

static void empty_message(const char *key) {
  scwkms_buffer signature = {0};
  CHECK(scwkms_sign_message(client, key, 0, NULL, 0, &signature, NULL) == SCWKMS_OK, "an empty message");
  CHECK(scwkms_verify_message(client, key, 0, NULL, 0, signature.data, signature.len, NULL) == SCWKMS_OK, "not valid");
  scwkms_buffer_free(&signature);
}

static void refused(const char *key, const char *ml_dsa_key) {
  static const uint8_t digest[32] = {1};
  scwkms_buffer signature = {0};
  scwkms_operation operation = 0;
  scwkms_error *error = NULL;
  int32_t code = scwkms_sign(client, ml_dsa_key, 0, digest, sizeof digest, &signature, &error);
  CHECK(code == SCWKMS_ERROR_UNSUPPORTED, "%d", (int)code);
  CHECK(strstr(scwkms_error_message(error), "scwkms_sign_message") != NULL, "%s", scwkms_error_message(error));
  scwkms_error_free(error);
  code = scwkms_sign_message(client, key, SCWKMS_ALGORITHM_ML_DSA_44, message, sizeof message, &signature, NULL);
  CHECK(code == SCWKMS_ERROR_UNSUPPORTED, "%d", (int)code);
  code = scwkms_sign_message(client, key, 0, NULL, 1, &signature, NULL);
  CHECK(code == SCWKMS_ERROR_INVALID_ARGUMENT, "%d", (int)code);
  code = scwkms_sign_message(client, key, 0, message, sizeof message, NULL, NULL);
  CHECK(code == SCWKMS_ERROR_INVALID_ARGUMENT, "%d", (int)code);
  code = scwkms_sign_message_async(client, NULL, 0, message, sizeof message, NULL, &operation, NULL);
  CHECK(code == SCWKMS_ERROR_INVALID_ARGUMENT, "%d", (int)code);
  code = scwkms_sign_message(0, key, 0, message, sizeof message, &signature, NULL);
  CHECK(code == SCWKMS_ERROR_INVALID_HANDLE, "%d", (int)code);
  CHECK(signature.data == NULL && operation == 0, "an output beside an error");
}

int main(int argc, char **argv) {
  if (argc != 3) {
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  scwkms_buffer signature = signatures(argv[1], SCWKMS_ALGORITHM_EC_P256_SHA256);
  scwkms_buffer ml_dsa = signatures(argv[2], SCWKMS_ALGORITHM_ML_DSA_44);
  CHECK(ml_dsa.len == 2420, "%zu bytes", ml_dsa.len);
  print_hex(signature.data, signature.len, '\n');
  empty_message(argv[1]);
  refused(argv[1], argv[2]);
  scwkms_buffer_free(&ml_dsa);
  scwkms_buffer_free(&signature);
  scwkms_free(client);
  return check_result();
}
