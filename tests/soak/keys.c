#define _GNU_SOURCE
#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

key keys[KINDS] = {
    [P256] = {.algorithm = "ec_p256_sha256", .digest_len = 32},
    [P384] = {.algorithm = "ec_p384_sha384", .digest_len = 48},
    [PSS] = {.algorithm = "rsa_pss_2048_sha256", .digest_len = 32},
    [PKCS1] = {.algorithm = "rsa_pkcs1_2048_sha256", .digest_len = 32},
    [OAEP] = {.algorithm = "rsa_oaep_2048_sha256", .decrypts = true},
    [AES] = {.algorithm = "aes_256_gcm", .decrypts = true},
};

static void fail(const char *message, const char *subject) {
  fprintf(stderr, "%s: %s\n", subject, message);
  exit(2);
}

static FILE *open_file(const char *folder, const key *self, const char *suffix) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s.%s", folder, self->algorithm, suffix);
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fail("cannot be opened", path);
  }
  return file;
}

static void load_public_key(key *self, const char *folder) {
  FILE *file = open_file(folder, self, "der");
  self->public_key = d2i_PUBKEY_fp(file, NULL);
  fclose(file);
  if (self->public_key == NULL) {
    fail("no public key", self->algorithm);
  }
}

static void encrypt_by_openssl(key *self, size_t number) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(self->public_key, NULL);
  size_t length = 0;
  bool made = EVP_PKEY_encrypt_init(context) > 0 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
              EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) > 0 &&
              EVP_PKEY_encrypt(context, NULL, &length, self->plaintexts[number], PLAINTEXT) > 0;
  uint8_t *ciphertext = malloc(length);
  if (!made || EVP_PKEY_encrypt(context, ciphertext, &length, self->plaintexts[number], PLAINTEXT) <= 0) {
    fail("OpenSSL cannot encrypt", self->algorithm);
  }
  self->ciphertexts[number] = ciphertext;
  self->ciphertext_lens[number] = length;
  EVP_PKEY_CTX_free(context);
}

static void encrypt_by_service(key *self, size_t number, scwkms_client client) {
  scwkms_buffer made = {0};
  scwkms_error *error = NULL;
  if (scwkms_encrypt(client, self->id, self->plaintexts[number], PLAINTEXT, &made, &error) != SCWKMS_OK) {
    fail(scwkms_error_message(error), self->algorithm);
  }
  self->ciphertexts[number] = malloc(made.len);
  memcpy(self->ciphertexts[number], made.data, made.len);
  self->ciphertext_lens[number] = made.len;
  scwkms_buffer_free(&made);
}

static void load_id(key *self, const char *folder) {
  FILE *file = open_file(folder, self, "id");
  if (fgets(self->id, sizeof self->id, file) == NULL) {
    fail("no id", self->algorithm);
  }
  fclose(file);
}

static void encrypt(key *self, bool by_the_service, scwkms_client client, uint64_t *random) {
  for (size_t i = 0; i < PLAINTEXTS; i++) {
    for (size_t at = 0; at < PLAINTEXT; at++) {
      self->plaintexts[i][at] = (uint8_t)next_random(random);
    }
    if (by_the_service) {
      encrypt_by_service(self, i, client);
    } else {
      encrypt_by_openssl(self, i);
    }
  }
}

void keys_load(const char *folder, scwkms_client client) {
  uint64_t random = 1;
  for (kind what = 0; what < KINDS; what++) {
    key *self = &keys[what];
    load_id(self, folder);
    if (what != AES) {
      load_public_key(self, folder);
    }
    if (self->decrypts) {
      encrypt(self, what == AES, client, &random);
    }
  }
}

task task_of(uint64_t random, uint64_t more) {
  static const kind WEIGHED[16] = {P256, P256, P256, P256, P256,  P256,  P384, P384,
                                   PSS,  PSS,  PSS,  PKCS1, PKCS1, OAEP, OAEP, AES};
  task made = {.what = WEIGHED[random % 16], .number = (size_t)(random >> 32) % PLAINTEXTS};
  for (size_t i = 0; i < DIGEST_MAX; i++) {
    made.digest[i] = (uint8_t)next_random(&more);
  }
  return made;
}

int32_t task_start(const task *self, scwkms_client client, scwkms_callback callback, void *context,
                   scwkms_operation *operation) {
  const scwkms_async_options options = {.size = sizeof options, .callback = callback, .context = context};
  const key *with = &keys[self->what];
  if (with->decrypts) {
    return scwkms_decrypt_async(client, with->id, with->ciphertexts[self->number], with->ciphertext_lens[self->number],
                                &options, operation, NULL);
  }
  return scwkms_sign_async(client, with->id, 0, self->digest, with->digest_len, &options, operation, NULL);
}

int32_t task_run(const task *self, scwkms_client client, scwkms_buffer *result) {
  const key *with = &keys[self->what];
  if (with->decrypts) {
    return scwkms_decrypt(client, with->id, with->ciphertexts[self->number], with->ciphertext_lens[self->number],
                          result, NULL);
  }
  return scwkms_sign(client, with->id, 0, self->digest, with->digest_len, result, NULL);
}

static bool is_signature(const task *self, const scwkms_buffer *result) {
  const key *with = &keys[self->what];
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(with->public_key, NULL);
  bool good = context != NULL && EVP_PKEY_verify_init(context) > 0 &&
              EVP_PKEY_CTX_set_signature_md(context, self->what == P384 ? EVP_sha384() : EVP_sha256()) > 0;
  if (self->what == PSS) {
    good = good && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
  } else if (self->what == PKCS1) {
    good = good && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
  }
  good = good && EVP_PKEY_verify(context, result->data, result->len, self->digest, with->digest_len) == 1;
  EVP_PKEY_CTX_free(context);
  return good;
}

bool task_holds(const task *self, const scwkms_buffer *result) {
  if (!keys[self->what].decrypts) {
    return is_signature(self, result);
  }
  return result->len == PLAINTEXT && memcmp(result->data, keys[self->what].plaintexts[self->number], PLAINTEXT) == 0;
}

uint64_t next_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545f4914f6cdd1du;
}
