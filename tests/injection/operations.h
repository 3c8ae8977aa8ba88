/* The operations during which calls fail. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include <scwkms.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "local_calls.h"

static const uint8_t digest[32] = {5}, message[100] = {6};
static scwkms_client client;
static const char *signing_key, *decryption_key, *message_key;

/* Inputs that the library makes. All processes share the memory. */
typedef struct inputs {
  uint8_t ciphertext[256], signature[4096], envelope[1024];
  size_t ciphertext_len, signature_len, envelope_len;
} inputs;

static inputs *made;

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
  /* Makes the operation's input, in a process before all others, or NULL. */
  int32_t (*make_input)(scwkms_error **error);
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
  return freed(scwkms_decrypt(client, decryption_key, made->ciphertext, made->ciphertext_len, &result, error), &result);
}

static int32_t start_decrypt(scwkms_operation *started, scwkms_error **error) {
  return scwkms_decrypt_async(client, decryption_key, made->ciphertext, made->ciphertext_len, NULL, started, error);
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

static void copy_to(uint8_t *to, size_t *len, size_t max, scwkms_buffer *from) {
  CHECK(from->len > 0 && *len + from->len <= max, "%zu bytes", from->len);
  if (*len + from->len <= max) {
    memcpy(to + *len, from->data, from->len);
    *len += from->len;
  }
  scwkms_buffer_free(from);
}

static int32_t make_ciphertext(scwkms_error **error) {
  scwkms_buffer result = {0};
  int32_t code = scwkms_encrypt(client, decryption_key, message, sizeof message, &result, error);
  copy_to(made->ciphertext, &made->ciphertext_len, sizeof made->ciphertext, &result);
  return code;
}

static int32_t make_signature(scwkms_error **error) {
  scwkms_buffer result = {0};
  int32_t code = scwkms_sign_message(client, message_key, 0, message, sizeof message, &result, error);
  copy_to(made->signature, &made->signature_len, sizeof made->signature, &result);
  return code;
}

static int32_t make_envelope(scwkms_error **error) {
  scwkms_encryptor *encryptor = NULL;
  scwkms_buffer part = {0}, end = {0};
  int32_t code = scwkms_encryptor_new(client, decryption_key, digest, sizeof digest, NULL, &encryptor, error);
  scwkms_encryptor_update(encryptor, message, sizeof message, &part, NULL);
  scwkms_encryptor_finish(encryptor, &end, NULL);
  copy_to(made->envelope, &made->envelope_len, sizeof made->envelope, &part);
  copy_to(made->envelope, &made->envelope_len, sizeof made->envelope, &end);
  scwkms_encryptor_free(encryptor);
  return code;
}

static int32_t sign_message(scwkms_error **error) {
  scwkms_buffer result = {0};
  return freed(scwkms_sign_message(client, message_key, 0, message, sizeof message, &result, error), &result);
}

static int32_t start_sign_message(scwkms_operation *started, scwkms_error **error) {
  return scwkms_sign_message_async(client, message_key, 0, message, sizeof message, NULL, started, error);
}

static int32_t verify_message(scwkms_error **error) {
  return scwkms_verify_message(client, message_key, 0, message, sizeof message, made->signature, made->signature_len, error);
}

static int32_t start_verify_message(scwkms_operation *started, scwkms_error **error) {
  return scwkms_verify_message_async(client, message_key, 0, message, sizeof message, made->signature, made->signature_len,
                                     NULL, started, error);
}

static int32_t encrypt_envelope(scwkms_error **error) {
  scwkms_encryptor *encryptor = NULL;
  scwkms_buffer part = {0}, end = {0};
  int32_t code = scwkms_encryptor_new(client, decryption_key, digest, sizeof digest, NULL, &encryptor, error);
  CHECK((code == SCWKMS_OK) == (encryptor != NULL), "%d, and the encryptor is %p", (int)code, (void *)encryptor);
  if (code == SCWKMS_OK) {
    CHECK(scwkms_encryptor_update(encryptor, message, sizeof message, &part, NULL) == SCWKMS_OK, "no part");
    CHECK(scwkms_encryptor_finish(encryptor, &end, NULL) == SCWKMS_OK, "no end");
  }
  scwkms_encryptor_free(encryptor);
  scwkms_buffer_free(&part);
  scwkms_buffer_free(&end);
  return code;
}

static int32_t decrypt_envelope(scwkms_error **error) {
  scwkms_decryptor *decryptor = NULL;
  scwkms_buffer plaintext = {0};
  int32_t code = scwkms_decryptor_new(client, decryption_key, digest, sizeof digest, NULL, made->envelope,
                                      made->envelope_len, &decryptor, error);
  CHECK((code == SCWKMS_OK) == (decryptor != NULL), "%d, and the decryptor is %p", (int)code, (void *)decryptor);
  if (code == SCWKMS_OK) {
    CHECK(scwkms_decryptor_finish(decryptor, &plaintext, NULL) == SCWKMS_OK, "no plaintext");
    CHECK(plaintext.len == sizeof message && memcmp(plaintext.data, message, sizeof message) == 0, "another plaintext");
  }
  scwkms_decryptor_free(decryptor);
  scwkms_buffer_free(&plaintext);
  return code;
}

/* The number of operations that the observer saw, and the last one's result. */
static atomic_int observed, observed_code;

static void observe(void *context, const scwkms_event *event) {
  CHECK(context == &observed && event->message != NULL, "a malformed event");
  if (event->kind == SCWKMS_EVENT_OPERATION) {
    atomic_store(&observed_code, event->code);
    atomic_fetch_add(&observed, 1);
  }
}

static int32_t set_observer(scwkms_error **error) {
  return scwkms_set_observer(observe, &observed, error);
}

static int32_t open_observed(scwkms_error **error) {
  int32_t code = set_observer(error);
  return code == SCWKMS_OK ? open_client(error) : code;
}

static int32_t check_observed(int before, int32_t code) {
  CHECK(atomic_load(&observed) == before + 1, "%d events of an operation", atomic_load(&observed) - before);
  CHECK(atomic_load(&observed_code) == code, "%d, not %d", atomic_load(&observed_code), (int)code);
  return code;
}

static int32_t sign_observed(scwkms_error **error) {
  int before = atomic_load(&observed);
  return check_observed(before, sign(error));
}

/* The operation was started, so the observer sees its end before its result can be taken. */
static int32_t wait_observed(scwkms_operation started, scwkms_error **error) {
  return check_observed(0, wait_for_buffer(started, error));
}

static int32_t remove_observer_and_sign(scwkms_error **error) {
  int32_t code = sign_observed(error);
  CHECK(scwkms_set_observer(NULL, NULL, NULL) == SCWKMS_OK, "the observer remains");
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
    {"open", open_client, NULL, NULL, NULL, sign, NULL},
    {"sign", sign, start_sign, wait_for_buffer, open_client, sign, NULL},
    {"decrypt", decrypt, start_decrypt, wait_for_buffer, open_client, decrypt, make_ciphertext},
    {"public_key", public_key, start_public_key, wait_for_public_key, open_client, public_key, NULL},
    {"create", create, start_create, wait_for_key, open_client, create, NULL},
    {"find", find, start_find, wait_for_keys, open_client, find, NULL},
    {"sign_message", sign_message, start_sign_message, wait_for_buffer, open_client, sign_message, NULL},
    {"verify_message", verify_message, start_verify_message, scwkms_wait_done, open_client, verify_message, make_signature},
    {"encrypt_envelope", encrypt_envelope, NULL, NULL, open_client, encrypt_envelope, NULL},
    {"decrypt_envelope", decrypt_envelope, NULL, NULL, open_client, decrypt_envelope, make_envelope},
    {"sign observed", sign_observed, start_sign, wait_observed, open_observed, remove_observer_and_sign, NULL},
    {"sign steadily", sign_steadily, NULL, NULL, open_and_sign, sign, NULL},
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
