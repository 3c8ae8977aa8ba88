/*
 * What requests end with: a signature, a plaintext, a public key, or what was wrong. What can be found out without the
 * service is refused at once, without a request and a callback; the rest shows in the result.
 *
 *   request_results SIGNING_KEY DECRYPTION_KEY FORBIDDEN_KEY    the runner has the service refuse the third
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "notice.h"

static const uint8_t digest[32] = {1};
static scwkms_client client;

/* Waits, and checks that the request ended with a code and that its callback was called once. */
static scwkms_buffer ended(scwkms_request request, const notice *called, int32_t expected) {
  scwkms_error error = {0};
  scwkms_buffer result = {0};
  CHECK(await_call(called), "the callback is not called");
  int32_t code = scwkms_wait(request, &result, &error);
  CHECK(code == expected, "%d: %s", (int)code, error.message != NULL ? error.message : "");
  CHECK((error.message != NULL) == (code != SCWKMS_OK) && error.code == code, "no text for %d", (int)code);
  CHECK((result.data != NULL) == (code == SCWKMS_OK), "an output was written beside an error, or none without");
  CHECK(calls_of(called) == 1, "%d calls", calls_of(called));
  CHECK(called->request == request, "called for another request");
  scwkms_error_free(&error);
  return result;
}

static void public_key(const char *key) {
  notice called = {0};
  scwkms_request request = 0;
  scwkms_buffer direct = {0};
  CHECK(scwkms_public_key_async(client, key, notify, &called, &request, NULL) == SCWKMS_OK, "not started");
  scwkms_buffer result = ended(request, &called, SCWKMS_OK);
  CHECK(scwkms_public_key(client, key, &direct, NULL, NULL) == SCWKMS_OK, "not fetched");
  CHECK(result.len == direct.len && memcmp(result.data, direct.data, direct.len) == 0, "another public key");
  scwkms_buffer_free(&result);
  scwkms_buffer_free(&direct);
}

static void decryption(const char *key) {
  static const uint8_t secret[] = "attack\0at dawn";
  notice called = {0};
  scwkms_request request = 0;
  scwkms_buffer ciphertext = {0};
  CHECK(scwkms_encrypt(client, key, secret, sizeof secret, &ciphertext, NULL) == SCWKMS_OK, "not encrypted");
  CHECK(scwkms_decrypt_async(client, key, ciphertext.data, ciphertext.len, notify, &called, &request, NULL) ==
            SCWKMS_OK,
        "not started");
  /* The input was copied. */
  scwkms_buffer_free(&ciphertext);
  scwkms_buffer plaintext = ended(request, &called, SCWKMS_OK);
  CHECK(plaintext.len == sizeof secret && memcmp(plaintext.data, secret, sizeof secret) == 0, "another plaintext");
  scwkms_buffer_free(&plaintext);
}

static void failure(const char *key, size_t digest_len, int32_t expected) {
  notice called = {0};
  scwkms_request request = 0;
  scwkms_client fresh = scwkms_open(getenv("SCWKMS_URI"), NULL);
  int32_t code = scwkms_sign_async(fresh, key, 0, digest, digest_len, notify, &called, &request, NULL);
  CHECK(code == SCWKMS_OK && request != 0, "%d at once, though nothing is known of the key", (int)code);
  ended(request, &called, expected);
  scwkms_free(fresh);
}

static void refused_at_once(const char *key, const char *decryption_key) {
  notice never = {0};
  scwkms_request request = 77;
  CHECK(scwkms_sign_async(client, key, 0, digest, 31, notify, &never, &request, NULL) == SCWKMS_ERROR_INVALID_ARGUMENT,
        "a digest of 31 bytes");
  CHECK(scwkms_sign_async(client, key, SCWKMS_ALGORITHM_RSA_PSS_2048_SHA256, digest, sizeof digest, notify, &never,
                          &request, NULL) == SCWKMS_ERROR_UNSUPPORTED,
        "another algorithm");
  CHECK(scwkms_decrypt_async(client, decryption_key, digest, sizeof digest, notify, &never, &request, NULL) ==
            SCWKMS_ERROR_INVALID_ARGUMENT,
        "a ciphertext of 32 bytes");
  CHECK(scwkms_decrypt_async(client, key, digest, sizeof digest, notify, &never, &request, NULL) ==
            SCWKMS_ERROR_UNSUPPORTED,
        "a key that signs");
  CHECK(scwkms_public_key_async(client, "no name", notify, &never, &request, NULL) == SCWKMS_ERROR_INVALID_ARGUMENT,
        "no key's name");
  CHECK(request == 77, "an output was written");
  /* A request that is started later is called later. */
  notice called = {0};
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, notify, &called, &request, NULL) == SCWKMS_OK,
        "not started");
  scwkms_buffer signature = ended(request, &called, SCWKMS_OK);
  CHECK(calls_of(&never) == 0, "a callback without a request");
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
  /* What is wrong for a key shows only once the key is known. */
  failure(argv[1], 31, SCWKMS_ERROR_INVALID_ARGUMENT);
  failure(argv[2], sizeof digest, SCWKMS_ERROR_UNSUPPORTED);
  public_key(argv[1]);
  decryption(argv[2]);
  refused_at_once(argv[1], argv[2]);
  scwkms_free(client);
  return check_result();
}
