/*
 * scwkms: sign and decrypt with keys that never leave Scaleway Key Manager.
 *
 * Generated from src/ffi; `make header` writes it anew.
 *
 * The rules that all functions share:
 *
 * - Functions that can fail return SCWKMS_OK (0) or one of SCWKMS_ERROR_*, and write an
 *   explanation to `error` unless that is NULL.
 * - Outputs are written on success only, and are then the caller's to free with the function that
 *   their type names. Freeing NULL, zero, and what was freed before is fine.
 * - Texts are NUL-terminated UTF-8. (NULL, 0) is an empty run of bytes.
 * - Every function may be called by any thread at any time, for the same client too. Calls block
 *   until they are done or the client's deadline (timeout=, 15 seconds by default) has passed, and
 *   hold no lock meanwhile. Those whose names end in _async start an operation instead, and
 *   scwkms_wait() takes its result.
 * - No call crashes the program: a defect of the library comes back as SCWKMS_ERROR_INTERNAL.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_H
#define SCWKMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 As the key is; in a key's metadata: unknown to this version of the library.
 */
#define SCWKMS_ALGORITHM_UNSPECIFIED 0

/*
 ECDSA on P-256 with SHA-256.
 */
#define SCWKMS_ALGORITHM_EC_P256_SHA256 1

/*
 ECDSA on P-384 with SHA-384.
 */
#define SCWKMS_ALGORITHM_EC_P384_SHA384 2

/*
 RSASSA-PSS, 2048 bits, SHA-256.
 */
#define SCWKMS_ALGORITHM_RSA_PSS_2048_SHA256 3

/*
 RSASSA-PSS, 3072 bits, SHA-256.
 */
#define SCWKMS_ALGORITHM_RSA_PSS_3072_SHA256 4

/*
 RSASSA-PSS, 4096 bits, SHA-256.
 */
#define SCWKMS_ALGORITHM_RSA_PSS_4096_SHA256 5

/*
 RSASSA-PKCS1-v1_5, 2048 bits, SHA-256.
 */
#define SCWKMS_ALGORITHM_RSA_PKCS1_2048_SHA256 6

/*
 RSASSA-PKCS1-v1_5, 3072 bits, SHA-256.
 */
#define SCWKMS_ALGORITHM_RSA_PKCS1_3072_SHA256 7

/*
 RSASSA-PKCS1-v1_5, 4096 bits, SHA-256.
 */
#define SCWKMS_ALGORITHM_RSA_PKCS1_4096_SHA256 8

/*
 RSAES-OAEP, 2048 bits, SHA-256; decrypts.
 */
#define SCWKMS_ALGORITHM_RSA_OAEP_2048_SHA256 9

/*
 RSAES-OAEP, 3072 bits, SHA-256; decrypts.
 */
#define SCWKMS_ALGORITHM_RSA_OAEP_3072_SHA256 10

/*
 RSAES-OAEP, 4096 bits, SHA-256; decrypts.
 */
#define SCWKMS_ALGORITHM_RSA_OAEP_4096_SHA256 11

/*
 AES-256-GCM; encrypts and decrypts.
 */
#define SCWKMS_ALGORITHM_AES_256_GCM 12

/*
 ML-DSA-44; known by name only.
 */
#define SCWKMS_ALGORITHM_ML_DSA_44 13

/*
 ML-DSA-65; known by name only.
 */
#define SCWKMS_ALGORITHM_ML_DSA_65 14

/*
 ML-DSA-87; known by name only.
 */
#define SCWKMS_ALGORITHM_ML_DSA_87 15

/*
 ML-KEM-768; known by name only.
 */
#define SCWKMS_ALGORITHM_ML_KEM_768 16

/*
 ML-KEM-1024; known by name only.
 */
#define SCWKMS_ALGORITHM_ML_KEM_1024 17

/*
 ECDSA on secp256k1 with SHA-256; known by name only.
 */
#define SCWKMS_ALGORITHM_EC_SECP256K1_SHA256 18

/*
 Success.
 */
#define SCWKMS_OK 0

/*
 An argument that can never be right: NULL where something is needed, a malformed key
 reference, a digest of the wrong length, or one that the service refused.
 */
#define SCWKMS_ERROR_INVALID_ARGUMENT 1

/*
 A client that is zero, was freed, or was never opened.
 */
#define SCWKMS_ERROR_INVALID_HANDLE 2

/*
 Settings that cannot be used: a missing credential, an unknown profile, a malformed file.
 */
#define SCWKMS_ERROR_CONFIGURATION 3

/*
 The service does not know the credentials.
 */
#define SCWKMS_ERROR_AUTHENTICATION 4

/*
 The credentials are known, but may not do this.
 */
#define SCWKMS_ERROR_PERMISSION_DENIED 5

/*
 No such key.
 */
#define SCWKMS_ERROR_NOT_FOUND 6

/*
 A resource of that name exists already.
 */
#define SCWKMS_ERROR_ALREADY_EXISTS 7

/*
 An algorithm or option that the service, the key or this library does not offer.
 */
#define SCWKMS_ERROR_UNSUPPORTED 8

/*
 The key's state forbids it: disabled, scheduled for deletion, without material, protected or
 locked.
 */
#define SCWKMS_ERROR_KEY_STATE 9

/*
 Too many requests, or a quota is used up.
 */
#define SCWKMS_ERROR_RATE_LIMITED 10

/*
 The service failed (HTTP 5xx).
 */
#define SCWKMS_ERROR_UNAVAILABLE 11

/*
 The deadline passed.
 */
#define SCWKMS_ERROR_TIMEOUT 12

/*
 No connection: DNS, TCP, TLS, a proxy, or a connection that broke.
 */
#define SCWKMS_ERROR_NETWORK 13

/*
 An answer that makes no sense.
 */
#define SCWKMS_ERROR_PROTOCOL 14

/*
 A signature or key id that does not match the request.
 */
#define SCWKMS_ERROR_INTEGRITY 15

/*
 The operation was given up on request.
 */
#define SCWKMS_ERROR_CANCELLED 16

/*
 A defect of the library, caught before it could harm the program.
 */
#define SCWKMS_ERROR_INTERNAL 17

/*
 As the URI says, else as the service likes.
 */
#define SCWKMS_PROTECTION_LEVEL_UNSPECIFIED 0

/*
 Operations are carried out in software.
 */
#define SCWKMS_PROTECTION_LEVEL_SOFTWARE 1

/*
 Operations are carried out in a hardware security module.
 */
#define SCWKMS_PROTECTION_LEVEL_HSM 2

/*
 The version of this header's binary interface. It changes when a program that was compiled
 with an older header can no longer work with the library.
 */
#define SCWKMS_ABI_VERSION 1

/*
 Bytes that the library allocated: a public key, a signature, a plaintext.

 They belong to the caller, who frees them with scwkms_buffer_free(), never with free(). The
 caller may read and change the bytes, but neither the pointer nor the length.
 */
typedef struct scwkms_buffer {
  /*
   The first byte; never NULL after a call that succeeded.
   */
  uint8_t *data;
  /*
   The number of bytes.
   */
  size_t len;
} scwkms_buffer;

/*
 A client of Key Manager: a number, not a pointer. 0 is never a client.

 One client serves any number of threads at once. A number that was freed, or was never a
 client's, makes a call fail with SCWKMS_ERROR_INVALID_HANDLE; it is never undefined behaviour.
 */
typedef uint64_t scwkms_client;

/*
 What went wrong. Written by a function that fails, and by no other; its former content is never
 read, so free it (or zero it) before it is used again.

 Initialise it with `= {0}`, and free it with scwkms_error_free(), which is fine for one that
 was never written. It belongs to the caller and may be read by any thread.
 */
typedef struct scwkms_error {
  /*
   One of SCWKMS_ERROR_*; the same as the function returned.
   */
  int32_t code;
  /*
   HTTP status of the answer that caused the error, 0 where none came.
   */
  int32_t http_status;
  /*
   What failed, on which key and region, what the service said and what to do next, in one
   line of UTF-8 for a person. It never holds a credential or a plaintext. Its wording may
   change; the code does not.
   */
  char *message;
  /*
   The service's X-Request-Id, to quote to its support, or NULL.
   */
  char *request_id;
} scwkms_error;

/*
 A key's metadata. All texts are NUL-terminated UTF-8 and never NULL after a call that succeeded.

 It belongs to the caller, who frees it with scwkms_key_free(), or as part of a list with
 scwkms_key_list_free().
 */
typedef struct scwkms_key {
  /*
   `scwkms:key-id=UUID;region=REGION`, which names the key in every function.
   */
  char *uri;
  /*
   The key's UUID.
   */
  char *id;
  /*
   The region where it lives.
   */
  char *region;
  /*
   The UUID of the project that it belongs to.
   */
  char *project_id;
  /*
   Its name, which need not be unique.
   */
  char *name;
  /*
   asymmetric_signing, asymmetric_encryption, symmetric_encryption or key_encapsulation.
   */
  char *usage;
  /*
   The algorithm's name as the service writes it, ec_p256_sha256 for example.
   */
  char *algorithm_name;
  /*
   enabled, disabled, pending_key_material or scheduled_for_deletion.
   */
  char *state;
  /*
   software or hsm; "" where the service did not say.
   */
  char *protection_level;
  /*
   When it was created, in RFC 3339; "" where the service did not say.
   */
  char *created_at;
  /*
   One of SCWKMS_ALGORITHM_*; 0 where this version of the library does not know it.
   */
  uint32_t algorithm;
  /*
   Whether it is protected against deletion.
   */
  bool is_protected;
  /*
   Whether the service has locked it.
   */
  bool is_locked;
} scwkms_key;

/*
 Keys that were found. It belongs to the caller, who frees it with scwkms_key_list_free().
 */
typedef struct scwkms_key_list {
  /*
   The first key; not to be read where len is 0.
   */
  struct scwkms_key *keys;
  /*
   The number of keys.
   */
  size_t len;
} scwkms_key_list;

/*
 An operation that was started: a number, not a pointer. 0 is never a request, and no number is
 used twice in a process.

 It ends in one of two ways: scwkms_wait() takes its result, or scwkms_free() closes its client.
 After that, and for any other number, calls fail with SCWKMS_ERROR_INVALID_HANDLE.
 */
typedef uint64_t scwkms_request;

/*
 Called once for each request that was started with it, when the result can be taken: when the
 operation succeeded, failed or was cancelled.

 It runs on the library's own thread, on which all input and output of the process's clients is
 done, and never inside the call that started or cancelled the request. So it must be quick, and
 must not wait for anything; a call of this library that would wait fails there. Typically it
 wakes whoever waits. scwkms_wait() for this very request does not wait any more, and may be
 called there; on other threads it returns after the callback.

 @param context  as it was given
 @param request  the request
 */
typedef void (*scwkms_callback)(void *context, scwkms_request request);



#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 An algorithm's name as the service writes it, "ec_p256_sha256" for example.

 @param algorithm  one of SCWKMS_ALGORITHM_*
 @return a static string, not to be freed; NULL for 0 and for numbers that are no algorithm's
 */
const char *scwkms_algorithm_name(uint32_t algorithm);

/*
 Wipes and frees a buffer's bytes and zeroes it. NULL, a zeroed one and a second call are fine.

 @param buffer  a buffer that was zeroed or written by this library, or NULL

 Pointers: the pointer must be NULL or valid for reading and writing one scwkms_buffer that was zeroed or
 written by this library, with its pointer and length unchanged.
 */
void scwkms_buffer_free(struct scwkms_buffer *buffer);

/*
 Opens a client. Nothing is sent yet.

 Settings come from Scaleway's config file, the environment and the URI; later wins. The URI is
 `scwkms:name=value;name=value`, percent-encoded, with any of access-key, secret-key, project-id,
 organization-id, region, profile, api-url, config (a file), ca-file (PEM), timeout (15s, 500ms),
 insecure and verify (true, false). Warnings, about `insecure` for example, are printed to
 standard error.

 @param uri    the URI; NULL or "" where file and environment say all
 @param error  where to write what went wrong, or NULL
 @return the client, to be freed with scwkms_free(); 0 on failure: SCWKMS_ERROR_INVALID_ARGUMENT
         for a malformed URI, SCWKMS_ERROR_CONFIGURATION for settings that cannot be used

 Pointers: `uri` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
 */
scwkms_client scwkms_open(const char *uri, struct scwkms_error *error);

/*
 Frees a client. 0, a number that was freed before, and one that was never a client's are fine.

 Calls of other threads that are under way go on to the end of the attempt they are making, and
 make no other: one that fails then says so. Later calls fail with SCWKMS_ERROR_INVALID_HANDLE. Requests that were started and not waited for are given up: when
 this function returns, the callbacks of all requests have returned and are not called again.
 (Inside a callback it cannot wait for those of other requests, which follow; and one that hangs is
 waited for ten seconds.)

 @param client  the client
 */
void scwkms_free(scwkms_client client);

/*
 Checks the spelling of a key reference, of a client's URI, or of a URI that is both. Needs no
 client and sends nothing.

 @param name   the text
 @param error  where to write what went wrong, or NULL
 @return SCWKMS_OK or SCWKMS_ERROR_INVALID_ARGUMENT

 Pointers: `name` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
 */
int32_t scwkms_validate_name(const char *name, struct scwkms_error *error);

/*
 Frees an error's texts and zeroes it. NULL, a zeroed one and a second call are fine.

 @param error  an error that was zeroed or written by this library, or NULL

 Pointers: the pointer must be NULL or valid for reading and writing one scwkms_error that was zeroed or
 written by this library.
 */
void scwkms_error_free(struct scwkms_error *error);

/*
 Creates a key.

 The name is plain text, or a URI that says more: `scwkms:name=NAME` with any of
 algorithm=rsa_oaep_3072_sha256, unprotected=true, region, project-id, description, tags=A,B and
 protection-level=hsm. The key is protected against deletion unless the URI says unprotected=true.

 A creation is repeated only where the first request surely was not processed; where that cannot
 be known, the error says so and how to look for the key.

 @param client            the client
 @param name              the name, or a URI
 @param algorithm         one of SCWKMS_ALGORITHM_*; 0: as the URI says, else EC_P256_SHA256. It
                          must be the URI's where both say one
 @param protection_level  one of SCWKMS_PROTECTION_LEVEL_*
 @param key               receives the key's metadata, to be freed with scwkms_key_free()
 @param error             where to write what went wrong, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `name` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_create_key(scwkms_client client,
                          const char *name,
                          uint32_t algorithm,
                          uint32_t protection_level,
                          struct scwkms_key *key,
                          struct scwkms_error *error);

/*
 Schedules a key for deletion; for 7 days it can be restored in Scaleway's console. Where it
 cannot be known whether the service did, the error says so.

 @param client  the client
 @param key     the key's name
 @param error   where to write what went wrong, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a protected key

 Pointers: `key` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
 */
int32_t scwkms_delete_key(scwkms_client client, const char *key, struct scwkms_error *error);

/*
 Finds keys, in the order of their names. Those scheduled for deletion are not found. A list of over
 32 MiB as the service sends it, some 50,000 keys, is an error: SCWKMS_ERROR_PROTOCOL.

 @param client  the client
 @param query   NULL or "" for all keys of the client's region and project, or `scwkms:` with any
                of name=NAME (exact), usage=asymmetric_signing, algorithm=ec_p256_sha256,
                tags=A,B (all of them), region and project-id
 @param keys    receives the keys, to be freed with scwkms_key_list_free()
 @param error   where to write what went wrong, or NULL
 @return SCWKMS_OK, also where no key was found, or an error code

 Pointers: `query` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_find_keys(scwkms_client client,
                         const char *query,
                         struct scwkms_key_list *keys,
                         struct scwkms_error *error);

/*
 Gives a key's metadata, as it was when the client first used the key.

 @param client  the client
 @param key     the key's name
 @param info    receives the metadata, to be freed with scwkms_key_free()
 @param error   where to write what went wrong, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_get_key(scwkms_client client,
                       const char *key,
                       struct scwkms_key *info,
                       struct scwkms_error *error);

/*
 Frees a key's texts and zeroes it. NULL, a zeroed one and a second call are fine.

 @param key  metadata that was zeroed or written by this library and is not part of a list, or NULL

 Pointers: the pointer must be NULL or valid for reading and writing one scwkms_key that was zeroed or
 written by this library.
 */
void scwkms_key_free(struct scwkms_key *key);

/*
 Frees a list and its keys and zeroes it. NULL, a zeroed one and a second call are fine.

 @param keys  a list that was zeroed or written by this library, or NULL

 Pointers: the pointer must be NULL or valid for reading and writing one scwkms_key_list that was zeroed
 or written by this library, with its pointer and length unchanged.
 */
void scwkms_key_list_free(struct scwkms_key_list *keys);

/*
 Gives a key's public half and its algorithm.

 The first use of a key by a client costs two requests, side by side; later ones cost none.

 A key is named by text, here and in all functions: its UUID, `REGION/UUID`, `scwkms:UUID`,
 `scwkms:key-id=UUID;region=REGION`, or `scwkms:name=NAME` where exactly one key has that name.
 A region in the text wins over the client's.

 @param client     the client
 @param key        the key's name
 @param spki_der   receives a SubjectPublicKeyInfo in DER (RFC 5280), to be freed with
                   scwkms_buffer_free()
 @param algorithm  receives one of SCWKMS_ALGORITHM_*, or NULL
 @param error      where to write what went wrong, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a symmetric key

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_public_key(scwkms_client client,
                          const char *key,
                          struct scwkms_buffer *spki_der,
                          uint32_t *algorithm,
                          struct scwkms_error *error);

/*
 Signs a digest.

 Key usage, algorithm and digest length are checked before anything is sent. The signature was
 verified with the key's public half (unless the client's URI says verify=false); one that does
 not verify is never given out. ECDSA signatures are in ASN.1 DER (RFC 3279), RSA ones as long
 as the modulus.

 @param client      the client
 @param key         the key's name
 @param algorithm   the algorithm that the caller expects the key to have, or 0; a mismatch is
                    SCWKMS_ERROR_UNSUPPORTED, and its message names both
 @param digest      the digest
 @param digest_len  its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm says
 @param signature   receives the signature, to be freed with scwkms_buffer_free()
 @param error       where to write what went wrong, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if what the service returned is not
         a signature of the digest by the key

 Pointers: `key` must be NULL or a NUL-terminated string, `digest` NULL or valid for reading `digest_len`
 bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_sign(scwkms_client client,
                    const char *key,
                    uint32_t algorithm,
                    const uint8_t *digest,
                    size_t digest_len,
                    struct scwkms_buffer *signature,
                    struct scwkms_error *error);

/*
 Decrypts with an RSA-OAEP key (SHA-256, MGF1 with SHA-256, no label) or an AES-256-GCM key (no
 associated data).

 @param client          the client
 @param key             the key's name
 @param ciphertext      the ciphertext
 @param ciphertext_len  its length in bytes: that of the modulus for RSA, else 1 to 131071
 @param plaintext       receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
 @param error           where to write what went wrong, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that does not decrypt,
         SCWKMS_ERROR_INVALID_ARGUMENT for a ciphertext that is not one of the key

 Pointers: `key` must be NULL or a NUL-terminated string, `ciphertext` NULL or valid for reading
 `ciphertext_len` bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_decrypt(scwkms_client client,
                       const char *key,
                       const uint8_t *ciphertext,
                       size_t ciphertext_len,
                       struct scwkms_buffer *plaintext,
                       struct scwkms_error *error);

/*
 Encrypts, by the service, with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no
 associated data).

 @param client         the client
 @param key            the key's name
 @param plaintext      the plaintext
 @param plaintext_len  its length in bytes: at least 1, at most 190, 318 or 446 for RSA of 2048,
                       3072 or 4096 bits, at most 65535 for AES
 @param ciphertext     receives the ciphertext, to be freed with scwkms_buffer_free()
 @param error          where to write what went wrong, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that does not encrypt

 Pointers: `key` must be NULL or a NUL-terminated string, `plaintext` NULL or valid for reading
 `plaintext_len` bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_encrypt(scwkms_client client,
                       const char *key,
                       const uint8_t *plaintext,
                       size_t plaintext_len,
                       struct scwkms_buffer *ciphertext,
                       struct scwkms_error *error);

/*
 Starts what scwkms_sign() does, and does not wait for it. No thread waits meanwhile: thousands
 of requests can be under way at once.

 What can be refused without asking the service is refused at once; then no request comes about
 and the callback is never called. All else shows in the result, which scwkms_wait() takes.

 @param client      the client
 @param key         the key's name
 @param algorithm   the algorithm that the caller expects the key to have, or 0
 @param digest      the digest, which is copied
 @param digest_len  its length in bytes
 @param callback    what to call when the result is there, or NULL
 @param context     what to call it with
 @param request     receives the request
 @param error       where to write what went wrong, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_sign()

 Pointers: as for scwkms_sign(); `request` NULL or valid for writing. `callback` must be NULL or a function
 that may be called with `context` on another thread until it was.
 */
int32_t scwkms_sign_async(scwkms_client client,
                          const char *key,
                          uint32_t algorithm,
                          const uint8_t *digest,
                          size_t digest_len,
                          scwkms_callback callback,
                          void *context,
                          scwkms_request *request,
                          struct scwkms_error *error);

/*
 Starts what scwkms_decrypt() does, and does not wait for it; see scwkms_sign_async().

 @param client          the client
 @param key             the key's name
 @param ciphertext      the ciphertext, which is copied
 @param ciphertext_len  its length in bytes
 @param callback        what to call when the result is there, or NULL
 @param context         what to call it with
 @param request         receives the request
 @param error           where to write what went wrong, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_decrypt()

 Pointers: as for scwkms_decrypt() and scwkms_sign_async().
 */
int32_t scwkms_decrypt_async(scwkms_client client,
                             const char *key,
                             const uint8_t *ciphertext,
                             size_t ciphertext_len,
                             scwkms_callback callback,
                             void *context,
                             scwkms_request *request,
                             struct scwkms_error *error);

/*
 Starts to fetch a key, and does not wait for it; see scwkms_sign_async(). The result is the
 SubjectPublicKeyInfo in DER. After that, scwkms_public_key() and scwkms_get_key() of the same
 client and key do not wait any more.

 @param client    the client
 @param key       the key's name
 @param callback  what to call when the result is there, or NULL
 @param context   what to call it with
 @param request   receives the request
 @param error     where to write what went wrong, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_public_key()

 Pointers: as for scwkms_public_key() and scwkms_sign_async().
 */
int32_t scwkms_public_key_async(scwkms_client client,
                                const char *key,
                                scwkms_callback callback,
                                void *context,
                                scwkms_request *request,
                                struct scwkms_error *error);

/*
 Takes a request's result, after it has waited for it where that is needed, and ends the
 request. A signature is verified here, on the calling thread.

 Of several threads that wait for one request one gets the result, the others
 SCWKMS_ERROR_INVALID_HANDLE. When this function returns, the request's callback has returned
 and is not called again, unless this is called inside of it. So a lock that the callback takes
 must not be held here.

 @param request  the request
 @param result   receives the signature, the plaintext or the public key, to be freed with
                 scwkms_buffer_free(), which wipes it
 @param error    where to write what went wrong, or NULL
 @return SCWKMS_OK, or an error code as from the function without _async; SCWKMS_ERROR_CANCELLED
         if the request was given up

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait(scwkms_request request,
                    struct scwkms_buffer *result,
                    struct scwkms_error *error);

/*
 Gives up a request, if its result is not there yet: scwkms_wait() then gives
 SCWKMS_ERROR_CANCELLED, and the callback is called as ever. Whether the service has carried it
 out, or still will, is unknown. A number that is no request any more is fine.

 @param request  the request
 */
void scwkms_cancel(scwkms_request request);

/*
 The library's version, "0.1.0" for example.

 @return a static string; never NULL, not to be freed
 */
const char *scwkms_version(void);

/*
 The version of the binary interface that the library was built with. A program may compare it
 with SCWKMS_ABI_VERSION, that of the header it was compiled with.
 */
uint32_t scwkms_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SCWKMS_H */
