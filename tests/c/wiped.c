/*
 * The memory that the library frees contains no secret: not the secret key, no plaintext, nor either as base64. The
 * linker redirects the calls that free memory to __wrap_free() and __wrap_realloc(), which search it.
 *
 *   wiped KEY SECRET_KEY CIPHERTEXT PLAINTEXT    the last two in hexadecimal; KEY decrypts CIPHERTEXT to PLAINTEXT
 *   wiped                                        checks that a secret would be found
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "callback.h"

enum { MAX_LEN = 512, ROUNDS = 40 };

typedef struct text {
  const char *what;
  uint8_t bytes[2 * MAX_LEN];
  size_t len;
} text;

static text secrets[4];
static size_t secret_count;
static atomic_int searched, found;

void __real_free(void *block);
void *__real_realloc(void *block, size_t size);

static void search(void *block) {
  if (block == NULL) {
    return;
  }
  atomic_fetch_add(&searched, 1);
  size_t size = malloc_usable_size(block);
  for (size_t i = 0; i < secret_count; i++) {
    if (memmem(block, size, secrets[i].bytes, secrets[i].len) != NULL) {
      atomic_fetch_add(&found, 1);
      fprintf(stderr, "a freed block of %zu bytes holds the %s\n", size, secrets[i].what);
    }
  }
}

void __wrap_free(void *block) {
  search(block);
  __real_free(block);
}

/* This may free the old block, so its content counts as freed. */
void *__wrap_realloc(void *block, size_t size) {
  search(block);
  return __real_realloc(block, size);
}

static void keep_secret(const char *what, const void *bytes, size_t len) {
  text *secret = &secrets[secret_count];
  secret->what = what;
  secret->len = len;
  memcpy(secret->bytes, bytes, len);
  secret_count++;
}

/* Encodes complete groups of three bytes: the encoding of the last bytes depends on the end. */
static size_t base64(const uint8_t *in, size_t len, char *out) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t made = 0;
  for (size_t i = 0; i + 3 <= len; i += 3) {
    unsigned group = (unsigned)in[i] << 16 | (unsigned)in[i + 1] << 8 | in[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) {
      out[made++] = digits[group >> shift & 63];
    }
  }
  return made;
}

static size_t from_hex(const char *hex, uint8_t *out) {
  size_t len = strlen(hex) / 2;
  for (size_t i = 0; i < len && i < MAX_LEN; i++) {
    const char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
    out[i] = (uint8_t)strtoul(digits, NULL, 16);
  }
  return len;
}

static bool is_plaintext(const scwkms_buffer *buffer) {
  return buffer->len == secrets[1].len && memcmp(buffer->data, secrets[1].bytes, buffer->len) == 0;
}

static void would_be_found(void) {
  keep_secret("canary", "canary!", 7);
  char *block = malloc(64);
  CHECK(block != NULL, "no memory");
  memcpy(block + 20, "canary!", 7);
  block = realloc(block, 128);
  CHECK(atomic_load(&found) == 1, "not found in a block that moved");
  free(block);
  CHECK(atomic_load(&found) == 2, "not found in a freed block");
}

static void decrypt_async(scwkms_client client, const char *key, const uint8_t *ciphertext, size_t len, bool takes) {
  call_record called = {0};
  scwkms_operation operation = 0;
  scwkms_buffer plaintext = {0};
  int32_t code = scwkms_decrypt_async(client, key, ciphertext, len, RECORD(&called), &operation, NULL);
  CHECK(code == SCWKMS_OK, "decrypt_async: %d", (int)code);
  if (takes) {
    code = scwkms_wait(operation, &plaintext, NULL);
    CHECK(code == SCWKMS_OK && is_plaintext(&plaintext), "wait: %d", (int)code);
  } else {
    CHECK(wait_for_call(&called), "no callback"); /* the result is freed with the client */
  }
  scwkms_buffer_free(&plaintext);
}

static void encrypt_async(scwkms_client client, const char *key, const scwkms_buffer *plaintext) {
  scwkms_operation operation = 0;
  int32_t code = scwkms_encrypt_async(client, key, plaintext->data, plaintext->len, NULL, &operation, NULL);
  CHECK(code == SCWKMS_OK, "encrypt_async: %d", (int)code);
  CHECK(wait_code(operation) == SCWKMS_OK, "wait");
}

static void work_with(const char *key, const uint8_t *ciphertext, size_t ciphertext_len) {
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  for (int i = 0; i < ROUNDS; i++) {
    scwkms_buffer plaintext = {0}, encrypted = {0};
    int32_t code = scwkms_decrypt(client, key, ciphertext, ciphertext_len, &plaintext, NULL);
    CHECK(code == SCWKMS_OK && is_plaintext(&plaintext), "decrypt: %d", (int)code);
    decrypt_async(client, key, ciphertext, ciphertext_len, i % 2 == 0);
    code = scwkms_encrypt(client, key, plaintext.data, plaintext.len, &encrypted, NULL);
    CHECK(code == SCWKMS_OK, "encrypt: %d", (int)code);
    encrypt_async(client, key, &plaintext);
    scwkms_buffer_free(&plaintext);
    scwkms_buffer_free(&encrypted);
  }
  scwkms_error *error = NULL;
  CHECK(scwkms_decrypt(client, key, ciphertext, 3, &(scwkms_buffer){0}, &error) != SCWKMS_OK, "three bytes");
  scwkms_error_free(error);
  scwkms_free(client);
}

int main(int argc, char **argv) {
  static uint8_t ciphertext[MAX_LEN], plaintext[MAX_LEN];
  static char encoded[2 * MAX_LEN];
  if (argc == 1) {
    would_be_found();
    return check_result();
  }
  if (argc != 5) {
    fprintf(stderr, "usage: %s [KEY SECRET_KEY CIPHERTEXT PLAINTEXT]\n", argv[0]);
    return 2;
  }
  keep_secret("secret key", argv[2], strlen(argv[2]));
  size_t len = from_hex(argv[4], plaintext);
  keep_secret("plaintext", plaintext, len);
  keep_secret("plaintext as base64", encoded, base64(plaintext, len, encoded));
  work_with(argv[1], ciphertext, from_hex(argv[3], ciphertext));
  CHECK(atomic_load(&searched) > 10 * ROUNDS, "only %d blocks were freed", atomic_load(&searched));
  CHECK(atomic_load(&found) == 0, "%d freed blocks held a secret", atomic_load(&found));
  return check_result();
}
