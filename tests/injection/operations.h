/* The operations during which calls fail. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include <scwkms.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "local_calls.h"

static const uint8_t digest[32] = {5};
static scwkms_client client;
static const char *signing_key, *decryption_key;
static uint8_t ciphertext[256];
static size_t ciphertext_len;

typedef struct operation {
  const char *name;
  int32_t (*run)(scwkms_error **error);
  /* Not all operations have an asynchronous form. */
  int32_t (*start)(scwkms_operation *started, scwkms_error **error);
  int32_t (*wait)(scwkms_operation started, scwkms_error **error);
  /* Runs before calls fail. */
  int32_t (*prepare)(scwkms_error **error);
  /* Runs after calls failed, and must succeed. */
  int32_t (*follow)(scwkms_error **error);
} operation;

static int32_t open_client(scwkms_error **error) {
  client = scwkms_open(getenv("SCWKMS_URI"), error);
  return client != 0 ? SCWKMS_OK : scwkms_error_code(*error);
}

static int32_t freed(int32_t code, scwkms_buffer *result) {
  CHECK((code == SCWKMS_OK) == (result->data != NULL), "%d, and the output is %p", (int)code, (void *)result->data);
  scwkms_buffer_free(result);
  return code;
}

static int32_t wait_for_buffer(scwkms_operation started, scwkms_error **error) {
  scwkms_buffer result = {0};
  return freed(scwkms_wait(started, &result, error), &result);
}

static int32_t sign(scwkms_error **error) {
  scwkms_buffer result = {0};
  return freed(scwkms_sign(client, signing_key, 0, digest, sizeof digest, &result, error), &result);
}

static int32_t start_sign(scwkms_operation *started, scwkms_error **error) {
  return scwkms_sign_async(client, signing_key, 0, digest, sizeof digest, NULL, started, error);
}

static int32_t decrypt(scwkms_error **error) {
  scwkms_buffer result = {0};
  return freed(scwkms_decrypt(client, decryption_key, ciphertext, ciphertext_len, &result, error), &result);
}

static int32_t start_decrypt(scwkms_operation *started, scwkms_error **error) {
  return scwkms_decrypt_async(client, decryption_key, ciphertext, ciphertext_len, NULL, started, error);
}

static int32_t public_key(scwkms_error **error) {
  scwkms_buffer result = {0};
  return freed(scwkms_public_key(client, signing_key, &result, NULL, error), &result);
}

static int32_t start_public_key(scwkms_operation *started, scwkms_error **error) {
  return scwkms_public_key_async(client, signing_key, NULL, started, error);
}

static int32_t wait_for_public_key(scwkms_operation started, scwkms_error **error) {
  scwkms_buffer result = {0};
  return freed(scwkms_wait_public_key(started, &result, NULL, error), &result);
}

static int32_t create(scwkms_error **error) {
  scwkms_key *key = NULL;
  int32_t code = scwkms_create_key(client, "injection", 0, 0, &key, error);
  scwkms_key_free(key);
  return code;
}

static int32_t start_create(scwkms_operation *started, scwkms_error **error) {
  return scwkms_create_key_async(client, "injection", 0, 0, NULL, started, error);
}

static int32_t wait_for_key(scwkms_operation started, scwkms_error **error) {
  scwkms_key *key = NULL;
  int32_t code = scwkms_wait_key(started, &key, error);
  scwkms_key_free(key);
  return code;
}

static int32_t find(scwkms_error **error) {
  scwkms_key_list *keys = NULL;
  int32_t code = scwkms_find_keys(client, "scwkms:name=sought", &keys, error);
  scwkms_key_list_free(keys);
  return code;
}

static int32_t start_find(scwkms_operation *started, scwkms_error **error) {
  return scwkms_find_keys_async(client, "scwkms:name=sought", NULL, started, error);
}

static int32_t wait_for_keys(scwkms_operation started, scwkms_error **error) {
  scwkms_key_list *keys = NULL;
  int32_t code = scwkms_wait_key_list(started, &keys, error);
  scwkms_key_list_free(keys);
  return code;
}

static int32_t open_and_sign(scwkms_error **error) {
  int32_t code = open_client(error);
  return code == SCWKMS_OK ? sign(error) : code;
}

/* Signs until a call has failed, or until the client uses a direct connection, for which only this thread polls. */
static int32_t sign_steadily(scwkms_error **error) {
  int32_t code = SCWKMS_OK;
  while (code == SCWKMS_OK && injected_faults() == 0 && calls_made(CALL_poll) == 0) {
    code = sign(error);
  }
  return code;
}

static void write_file(const char *path, const char *content) {
  FILE *file = fopen(path, "w");
  CHECK(file != NULL && fputs(content, file) >= 0, "%s cannot be written", path);
  if (file != NULL) {
    fclose(file);
  }
}

/* Opens a client whose secret key the service rejects. Its file then contains the right one. */
static int32_t replace_secret_key(scwkms_error **error) {
  char path[512], uri[2048];
  snprintf(path, sizeof path, "%s/secret-key-%d", getenv("KEY_FOLDER"), (int)getpid());
  snprintf(uri, sizeof uri, "%s;secret-key-file=%s", getenv("SCWKMS_URI"), path);
  write_file(path, "11111111-2222-3333-4444-555555555555");
  client = scwkms_open(uri, error);
  CHECK(client == 0 || find(NULL) == SCWKMS_ERROR_AUTHENTICATION, "the service accepts a wrong key");
  write_file(path, getenv("NEW_KEY"));
  return client != 0 ? SCWKMS_OK : scwkms_error_code(*error);
}

static const operation operations[] = {
    {"open", open_client, NULL, NULL, NULL, sign},
    {"sign", sign, start_sign, wait_for_buffer, open_client, sign},
    {"decrypt", decrypt, start_decrypt, wait_for_buffer, open_client, decrypt},
    {"public_key", public_key, start_public_key, wait_for_public_key, open_client, public_key},
    {"create", create, start_create, wait_for_key, open_client, create},
    {"find", find, start_find, wait_for_keys, open_client, find},
    {"sign steadily", sign_steadily, NULL, NULL, open_and_sign, sign},
    {.name = "find with a new key",
     .run = find,
     .start = start_find,
     .wait = wait_for_keys,
     .prepare = replace_secret_key,
     .follow = find},
};

static inline const operation *operation_named(const char *name) {
  for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
    if (strcmp(operations[i].name, name) == 0) {
      return &operations[i];
    }
  }
  return NULL;
}

static inline int32_t run_asynchronously(const operation *what, scwkms_error **error) {
  scwkms_operation started = 0;
  int32_t code = what->start(&started, error);
  CHECK((code == SCWKMS_OK) == (started != 0), "%d, and the operation is %llu", (int)code, (unsigned long long)started);
  return code == SCWKMS_OK ? what->wait(started, error) : code;
}

#endif
