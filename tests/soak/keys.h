/* The keys, and the checks of their results: by OpenSSL, never by the library. */
#ifndef KEYS_H
#define KEYS_H

#include <scwkms.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum kind { P256, P384, PSS, PKCS1, OAEP, AES, KINDS } kind;

enum { PLAINTEXTS = 32, PLAINTEXT = 64, DIGEST_MAX = 48 };

typedef struct key {
  const char *algorithm;
  char id[64];
  bool decrypts;
  size_t digest_len;
  void *public_key; /* an EVP_PKEY */
  uint8_t plaintexts[PLAINTEXTS][PLAINTEXT];
  uint8_t *ciphertexts[PLAINTEXTS];
  size_t ciphertext_lens[PLAINTEXTS];
} key;

extern key keys[KINDS];

/* Reads FOLDER/ALGORITHM.id and FOLDER/ALGORITHM.der, and encrypts plaintexts. A failure ends the program. */
void keys_load(const char *folder, scwkms_client client);

/* One use of a key. */
typedef struct task {
  kind what;
  size_t number;              /* of the ciphertext */
  uint8_t digest[DIGEST_MAX]; /* to sign */
} task;

/* The task that these random numbers select. */
task task_of(uint64_t random, uint64_t more);

int32_t task_start(const task *self, scwkms_client client, scwkms_callback callback, void *context,
                   scwkms_operation *operation);
int32_t task_run(const task *self, scwkms_client client, scwkms_buffer *result);

/* Whether this is the digest's signature, or the ciphertext's plaintext. */
bool task_holds(const task *self, const scwkms_buffer *result);

/* xorshift64* by Vigna. */
uint64_t next_random(uint64_t *state);

#endif
