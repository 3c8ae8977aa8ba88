/*
 * scwkms: sign and decrypt with keys that never leave Scaleway Key Manager.
 *
 * Generated from src/ffi; `make header` generates it again.
 *
 * Rules for all functions:
 *
 * - A function that can fail returns SCWKMS_OK (0) or one of SCWKMS_ERROR_*. On failure it writes the address of a new
 *   error to `*error`, unless `error` is NULL. The caller frees the error with scwkms_error_free().
 * - Outputs are written on success only. The caller owns them, and frees them with the function of their type. Freeing
 *   NULL or 0 is allowed.
 * - Keys, lists and errors are opaque. Accessor functions read them. Structs that the library or a
 *   callback reads begin with their size, except scwkms_buffer.
 * - Texts are NUL-terminated UTF-8. (NULL, 0) is an empty slice of bytes.
 * - Any thread may call any function at any time, also for the same client; only encryptors and decryptors are used by one
 *   thread at a time. Calls block until the operation has finished or
 *   the client's deadline (timeout=, 15 seconds by default) has passed, and hold no lock meanwhile. Functions whose names
 *   end in _async start an operation and return at once. The functions scwkms_wait*() take its result.
 * - No call crashes the program: a defect of the library is reported as SCWKMS_ERROR_INTERNAL.
 *
 * Copyright: the scwkms authors. SPDX-License-Identifier: Apache-2.0
 */

#ifndef SCWKMS_H
#define SCWKMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 As an argument: no algorithm is specified. In a key's metadata: this version of the library does not know it.
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
 RSAES-OAEP, 2048 bits, SHA-256; encrypts and decrypts.
 */
#define SCWKMS_ALGORITHM_RSA_OAEP_2048_SHA256 9

/*
 RSAES-OAEP, 3072 bits, SHA-256; encrypts and decrypts.
 */
#define SCWKMS_ALGORITHM_RSA_OAEP_3072_SHA256 10

/*
 RSAES-OAEP, 4096 bits, SHA-256; encrypts and decrypts.
 */
#define SCWKMS_ALGORITHM_RSA_OAEP_4096_SHA256 11

/*
 AES-256-GCM; encrypts and decrypts.
 */
#define SCWKMS_ALGORITHM_AES_256_GCM 12

/*
 ML-DSA-44; signs messages (scwkms_sign_message()), not digests.
 */
#define SCWKMS_ALGORITHM_ML_DSA_44 13

/*
 ML-DSA-65; signs messages (scwkms_sign_message()), not digests.
 */
#define SCWKMS_ALGORITHM_ML_DSA_65 14

/*
 ML-DSA-87; signs messages (scwkms_sign_message()), not digests.
 */
#define SCWKMS_ALGORITHM_ML_DSA_87 15

/*
 ML-KEM-768; wraps and unwraps.
 */
#define SCWKMS_ALGORITHM_ML_KEM_768 16

/*
 ML-KEM-1024; wraps and unwraps.
 */
#define SCWKMS_ALGORITHM_ML_KEM_1024 17

/*
 ECDSA on secp256k1 with SHA-256; the library finds and deletes such keys, but cannot sign or encrypt with them.
 */
#define SCWKMS_ALGORITHM_EC_SECP256K1_SHA256 18

/*
 The length of the longest header of a message: so many bytes, or the whole message, create a decryptor.
 */
#define SCWKMS_ENVELOPE_MAX_HEADER_LEN 1153

/*
 Success.
 */
#define SCWKMS_OK 0

/*
 An invalid argument: NULL for a required one, a malformed key reference, a digest of the wrong length, or an argument
 that the service rejected.
 */
#define SCWKMS_ERROR_INVALID_ARGUMENT 1

/*
 A handle that is zero, was freed, is closed, or is not of the required kind.
 */
#define SCWKMS_ERROR_INVALID_HANDLE 2

/*
 Invalid settings: a missing credential, an unknown profile, a malformed file.
 */
#define SCWKMS_ERROR_CONFIGURATION 3

/*
 The service does not know the credentials.
 */
#define SCWKMS_ERROR_AUTHENTICATION 4

/*
 The credentials do not permit the operation.
 */
#define SCWKMS_ERROR_PERMISSION_DENIED 5

/*
 The key does not exist.
 */
#define SCWKMS_ERROR_NOT_FOUND 6

/*
 A resource of this name exists already.
 */
#define SCWKMS_ERROR_ALREADY_EXISTS 7

/*
 An algorithm or option that the service, the key or this library does not support.
 */
#define SCWKMS_ERROR_UNSUPPORTED 8

/*
 The key's state does not permit the operation: disabled, scheduled for deletion, without key material, protected or
 locked.
 */
#define SCWKMS_ERROR_KEY_STATE 9

/*
 Too many requests, or an exhausted quota.
 */
#define SCWKMS_ERROR_RATE_LIMITED 10

/*
 The service failed (HTTP status 5xx).
 */
#define SCWKMS_ERROR_UNAVAILABLE 11

/*
 The deadline passed, or the service responded with HTTP status 408.
 */
#define SCWKMS_ERROR_TIMEOUT 12

/*
 A failure of DNS, TCP, TLS or a proxy, or a connection that broke.
 */
#define SCWKMS_ERROR_NETWORK 13

/*
 A response that is malformed, too large, or a redirect.
 */
#define SCWKMS_ERROR_PROTOCOL 14

/*
 A signature or key id in a response that does not match the request, or an encrypted message that was modified or
 truncated.
 */
#define SCWKMS_ERROR_INTEGRITY 15

/*
 The operation was cancelled.
 */
#define SCWKMS_ERROR_CANCELLED 16

/*
 A defect of the library. It was caught, and does not affect the program otherwise.
 */
#define SCWKMS_ERROR_INTERNAL 17

/*
 RSA-OAEP, 2048 bits, SHA-256.
 */
#define SCWKMS_WRAPPING_RSA_OAEP_2048_SHA256 1

/*
 RSA-OAEP, 3072 bits, SHA-256.
 */
#define SCWKMS_WRAPPING_RSA_OAEP_3072_SHA256 2

/*
 RSA-OAEP, 4096 bits, SHA-256.
 */
#define SCWKMS_WRAPPING_RSA_OAEP_4096_SHA256 3

/*
 AES Key Wrap with a key that RSA-OAEP encrypts, 2048 bits, SHA-256.
 */
#define SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_2048_SHA256 4

/*
 AES Key Wrap with a key that RSA-OAEP encrypts, 3072 bits, SHA-256.
 */
#define SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_3072_SHA256 5

/*
 AES Key Wrap with a key that RSA-OAEP encrypts, 4096 bits, SHA-256.
 */
#define SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_4096_SHA256 6

/*
 An operation ended. It has the fields `code`, `http_status`, `requests`, `attempts`, `pacing_us`, `connecting_us`,
 `duration_us`, `operation`, `region`, `key_id`, `request_id`, and the error's `message`.
 */
#define SCWKMS_EVENT_OPERATION 1

/*
 A warning, for example about `insecure`. It has the field `message`. Without an observer, warnings are written to
 standard error.
 */
#define SCWKMS_EVENT_WARNING 2

/*
 A connection was opened. It has the fields `server`, `protocol`, and `duration_us`: the time that this took.
 */
#define SCWKMS_EVENT_CONNECTION_OPENED 3

/*
 A connection could not be opened. It has the fields `code`, `server`, `duration_us` and `message`.
 */
#define SCWKMS_EVENT_CONNECTION_FAILED 4

/*
 A connection ended. It has the fields `server`, `protocol`, `duration_us`: the time since it was opened, and `message`: why
 it was lost. `message` is "" if it was closed because it was not used any more.
 */
#define SCWKMS_EVENT_CONNECTION_CLOSED 5

/*
 A request waited, at least one millisecond, because the service limits the rate of requests. It has the field
 `duration_us`.
 */
#define SCWKMS_EVENT_PACED 6

/*
 The service refused a request because of its rate limit (HTTP status 429). It has the fields `request_id` and
 `duration_us`: the time after which the request waits for its turn again, if the deadline allows it.
 */
#define SCWKMS_EVENT_RATE_LIMITED 7

/*
 The URI's level, else the service's default.
 */
#define SCWKMS_PROTECTION_LEVEL_UNSPECIFIED 0

/*
 Operations are executed in software.
 */
#define SCWKMS_PROTECTION_LEVEL_SOFTWARE 1

/*
 Operations are executed in a hardware security module.
 */
#define SCWKMS_PROTECTION_LEVEL_HSM 2

/*
 The version of this header's binary interface (ABI). It changes when programs that were compiled with an older header no
 longer work with the library.
 */
#define SCWKMS_ABI_VERSION 2

/*
 The algorithms that the service offers. The caller owns the list and frees it with scwkms_algorithm_list_free().
 Any number of threads may read it at once.
 */
typedef struct scwkms_algorithm_list scwkms_algorithm_list;

/*
 A cache of data keys, with which many messages need few requests. The caller owns it and frees it with
 scwkms_data_key_cache_free(). Any number of threads may use it at once. It may be freed after its client.
 */
typedef struct scwkms_data_key_cache scwkms_data_key_cache;

/*
 The decryption of a message. The caller owns it, and frees it with scwkms_decryptor_free(). Unlike other objects, it must
 not be used by two threads at the same time.
 */
typedef struct scwkms_decryptor scwkms_decryptor;

/*
 The encryption of a message of any length. The caller owns it, and frees it with scwkms_encryptor_free(). Unlike other
 objects, it must not be used by two threads at the same time.
 */
typedef struct scwkms_encryptor scwkms_encryptor;

/*
 The description of a failure. It is read with the functions scwkms_error_*().

 A function that fails creates one and writes its address to `*error`, unless `error` is NULL. On success nothing is
 written. What `*error` contained before is neither read nor freed, so initialise the variable with NULL. The caller
 owns the error and frees it with scwkms_error_free(). Any number of threads may read it at once.
 */
typedef struct scwkms_error scwkms_error;

/*
 A key's metadata. It is read with the functions scwkms_key_*().

 The texts are NUL-terminated UTF-8, valid until the key is freed, and never NULL. A text is "" if the service gave none.
 For a NULL key the accessors return "", 0, false or NULL. The caller owns the key and frees it with scwkms_key_free();
 the keys of a list belong to the list. Any number of threads may read a key at once.
 */
typedef struct scwkms_key scwkms_key;

/*
 The keys that were found. The caller owns the list and frees it with scwkms_key_list_free(). Any number of threads may
 read it at once.
 */
typedef struct scwkms_key_list scwkms_key_list;

/*
 The rotations of a key. The caller owns the list and frees it with scwkms_rotation_list_free(). Any number of
 threads may read it at once.
 */
typedef struct scwkms_rotation_list scwkms_rotation_list;

/*
 A client of Key Manager: a number below 2^53, not a pointer. 0 is never a client. No number is used twice in a
 process.

 Any number of threads may use a client at once. An invalid handle results in SCWKMS_ERROR_INVALID_HANDLE,
 never in undefined behaviour.
 */
typedef uint64_t scwkms_client;

/*
 An operation that was started: a number below 2^53, not a pointer. 0 is never an operation. No number is used twice in a
 process.

 It is released when a function scwkms_wait*() takes its result, or when scwkms_free() frees its client. After that, and
 for any other number, functions return SCWKMS_ERROR_INVALID_HANDLE.
 */
typedef uint64_t scwkms_operation;

/*
 Called once for each operation that was started with it, when the result can be taken: when the operation succeeded,
 failed or was cancelled.

 It runs on the library's I/O thread, and never inside the call that started or cancelled the operation. It must return
 quickly and must not wait for anything; a blocking function of this library returns an error there. Typically it
 wakes another thread. It may call scwkms_wait*() for its own operation; this does not block. On another thread,
 scwkms_wait*() returns after the callback has returned. If the callback has not begun five seconds after the deadline,
 because another callback does not return, scwkms_wait*() returns, and the callback is never called.

 @param context    the context in the options
 @param operation  the operation
 */
typedef void (*scwkms_callback)(void *context, scwkms_operation operation);

/*
 Options of an operation that is started. Zero all fields, and set `size` to sizeof(scwkms_async_options).

 Later versions of the library may add fields at the end. A library that is older than the header accepts the struct if
 the fields that it does not know are zero.
 */
typedef struct scwkms_async_options {
  /*
   sizeof(scwkms_async_options).
   */
  size_t size;
  /*
   A function to call when the result can be taken, or NULL.
   */
  scwkms_callback callback;
  /*
   An argument for the callback.
   */
  void *context;
  /*
   The time limit of this operation in milliseconds, if it is shorter than the client's; 0 for the client's.
   */
  uint32_t timeout_ms;
  /*
   Must be 0.
   */
  uint32_t reserved;
} scwkms_async_options;

/*
 Bytes that the library allocated: a public key, a signature, a plaintext. The layout of this struct never changes.

 The caller owns the bytes and frees them with scwkms_buffer_free(), never with free(). The caller may read and change the
 bytes, but neither the pointer nor the length.
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
 The limits of a cached data key. After the first limit that it reaches, the next message has a new data key. Zero all
 fields, set `size` to sizeof(scwkms_data_key_limits), and set the limits that should not be the default ones.

 Later versions of the library may add fields at the end. A library that is older than the header accepts the struct if
 the fields that it does not know are zero.
 */
typedef struct scwkms_data_key_limits {
  /*
   sizeof(scwkms_data_key_limits).
   */
  size_t size;
  /*
   The time in milliseconds during which a data key is used for new messages, and during which a decrypted data key is
   kept; 0 means 5 minutes.
   */
  uint64_t max_age_ms;
  /*
   The number of messages that are encrypted with a data key; 0 means 65536.
   */
  uint64_t max_messages;
  /*
   The number of bytes of plaintext after which a data key is not used for a new message; 0 means 2 to the power of 40.
   */
  uint64_t max_bytes;
} scwkms_data_key_limits;

/*
 Changes of a key's attributes. Zero all fields, set `size` to sizeof(scwkms_key_update), and set the fields to change.

 Later versions of the library may add fields at the end. A library that is older than the header accepts the struct if
 the fields that it does not know are zero.
 */
typedef struct scwkms_key_update {
  /*
   sizeof(scwkms_key_update).
   */
  size_t size;
  /*
   The new name, or NULL.
   */
  const char *name;
  /*
   The new description, or NULL; "" removes it.
   */
  const char *description;
  /*
   The new tags, which replace all others, or NULL.
   */
  const char *const *tags;
  /*
   The number of tags; 0 with a pointer other than NULL removes all tags.
   */
  size_t tag_count;
  /*
   The new number of seconds between two rotations by the service, at least 86400, which is 24 hours, or 0. Only
   symmetric keys rotate.
   */
  uint64_t rotation_period;
  /*
   The time of the next rotation (RFC 3339), with a rotation period, or NULL for one period from now.
   */
  const char *next_rotation_at;
} scwkms_key_update;

/*
 Something that happened in the library. It contains no credential, no plaintext and no digest.

 The library fills it. Fields that the kind of event does not have are 0 or "". No text is NULL. The event and its texts
 are valid until the observer returns. Later versions of the library may add kinds, and fields at the end: a program
 that is compiled with a newer header reads such a field only if `size` includes it.
 */
typedef struct scwkms_event {
  /*
   The size of the struct that the library filled.
   */
  size_t size;
  /*
   SCWKMS_EVENT_*.
   */
  uint32_t kind;
  /*
   SCWKMS_OK, or SCWKMS_ERROR_*.
   */
  int32_t code;
  /*
   The HTTP status of the response that caused the error; without an error, of the last response; 0 if there is none.
   */
  int32_t http_status;
  /*
   The number of requests, including those that load a key.
   */
  uint32_t requests;
  /*
   The number of attempts to send them, including those that the service refused because of its rate limit.
   */
  uint32_t attempts;
  /*
   0.
   */
  uint32_t reserved;
  /*
   The time in microseconds during which requests waited because of the rate limit.
   */
  uint64_t pacing_us;
  /*
   The time in microseconds during which requests waited for new connections.
   */
  uint64_t connecting_us;
  /*
   A time in microseconds; for an operation, from its start to its result.
   */
  uint64_t duration_us;
  /*
   The name of the operation's function without the prefix: "sign", "create_key".
   */
  const char *operation;
  /*
   The region.
   */
  const char *region;
  /*
   The UUID of the key.
   */
  const char *key_id;
  /*
   The service's X-Request-Id.
   */
  const char *request_id;
  /*
   The API URL.
   */
  const char *server;
  /*
   "h2" or "http/1.1".
   */
  const char *protocol;
  /*
   One line for people.
   */
  const char *message;
} scwkms_event;

/*
 An observer. docs/events.md describes the events.

 It runs on the thread on which the event happens: the library's I/O thread, or a thread that calls the library. Several
 threads may call it at once. It must return quickly, because operations wait for it, and must not wait for other
 operations. The library holds no lock meanwhile. Events that happen inside a call on the same thread are not reported.
 It must not throw an exception or call longjmp().

 @param context  the argument of scwkms_set_observer()
 @param event    the event
 */
typedef void (*scwkms_observer)(void *context, const struct scwkms_event *event);





#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/*
 An algorithm's name as the service writes it, for example "ec_p256_sha256".

 @param algorithm  one of SCWKMS_ALGORITHM_*
 @return a static string, not to be freed; NULL for 0 and for numbers that are not an algorithm's
 */
const char *scwkms_algorithm_name(uint32_t algorithm);

/*
 Lists the algorithms that the service offers for new keys.

 @param client      the client
 @param query       NULL or "" for all algorithms of the client's region, or `scwkms:` with
                    usage=asymmetric_signing, region or both
 @param algorithms  receives the list, to be freed with scwkms_algorithm_list_free()
 @param error       receives an error, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `query` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_list_algorithms(scwkms_client client,
                               const char *query,
                               struct scwkms_algorithm_list **algorithms,
                               struct scwkms_error **error);

/*
 Starts scwkms_list_algorithms() and returns at once; see scwkms_sign_async(). scwkms_wait_algorithm_list() takes
 the list.

 @param client     the client
 @param query      NULL or "" for all algorithms of the client's region, or `scwkms:` with
                   usage=asymmetric_signing, region or both
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_list_algorithms()

 Pointers: as for scwkms_list_algorithms() and scwkms_sign_async().
 */
int32_t scwkms_list_algorithms_async(scwkms_client client,
                                     const char *query,
                                     const struct scwkms_async_options *options,
                                     scwkms_operation *operation,
                                     struct scwkms_error **error);

/*
 The number of algorithms in a list; 0 for NULL.

 Pointers: `list` must be NULL or a list that was not freed.
 */
size_t scwkms_algorithm_list_len(const struct scwkms_algorithm_list *list);

/*
 The algorithm's name as the service writes it, for example ec_p256_sha256.

 @param list   a list, or NULL
 @param index  from 0 to scwkms_algorithm_list_len() - 1
 @return the value, valid until the list is freed; "" if there is no algorithm with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
const char *scwkms_offered_algorithm_name(const struct scwkms_algorithm_list *list, size_t index);

/*
 The usage of its keys, for example asymmetric_signing.

 @param list   a list, or NULL
 @param index  from 0 to scwkms_algorithm_list_len() - 1
 @return the value, valid until the list is freed; "" if there is no algorithm with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
const char *scwkms_offered_algorithm_usage(const struct scwkms_algorithm_list *list, size_t index);

/*
 Whether the service recommends the algorithm.

 @param list   a list, or NULL
 @param index  from 0 to scwkms_algorithm_list_len() - 1
 @return the value; false if there is no algorithm with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
bool scwkms_offered_algorithm_is_recommended(const struct scwkms_algorithm_list *list, size_t index);

/*
 The algorithm's number: one of SCWKMS_ALGORITHM_*, or 0 if this version of the library does not know it.

 @param list   a list, or NULL
 @param index  from 0 to scwkms_algorithm_list_len() - 1
 @return the value; 0 if there is no algorithm with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
uint32_t scwkms_offered_algorithm_number(const struct scwkms_algorithm_list *list, size_t index);

/*
 Frees a list. Its texts become invalid.

 @param list  a list, or NULL

 Pointers: `list` must be NULL or a list that was not freed.
 */
void scwkms_algorithm_list_free(struct scwkms_algorithm_list *list);

/*
 Starts scwkms_sign() and returns at once. No thread waits meanwhile: thousands of operations can be in flight.

 Errors that can be found without a request are returned at once; then there is no operation, and the callback is not
 called. All other errors are returned by scwkms_wait(), which takes the signature.

 @param client     the client
 @param key        a key reference
 @param algorithm  the algorithm that the caller expects the key to have, or 0
 @param digest     the digest, which is copied
 @param digest_len its length in bytes
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_sign()

 Pointers: as for scwkms_sign(). `operation` must be NULL or valid for writing. `options` must be NULL or valid for reading as many
 bytes as its field `size` says. The callback and its context must remain valid until the callback has
 returned. It runs on another thread.
 */
int32_t scwkms_sign_async(scwkms_client client,
                          const char *key,
                          uint32_t algorithm,
                          const uint8_t *digest,
                          size_t digest_len,
                          const struct scwkms_async_options *options,
                          scwkms_operation *operation,
                          struct scwkms_error **error);

/*
 Starts scwkms_decrypt() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the plaintext.

 @param client     the client
 @param key        a key reference
 @param ciphertext the ciphertext, which is copied
 @param ciphertext_len its length in bytes
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_decrypt()

 Pointers: as for scwkms_decrypt() and scwkms_sign_async().
 */
int32_t scwkms_decrypt_async(scwkms_client client,
                             const char *key,
                             const uint8_t *ciphertext,
                             size_t ciphertext_len,
                             const struct scwkms_async_options *options,
                             scwkms_operation *operation,
                             struct scwkms_error **error);

/*
 Starts scwkms_encrypt() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the ciphertext.

 @param client     the client
 @param key        a key reference
 @param plaintext the plaintext, which is copied
 @param plaintext_len its length in bytes
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_encrypt()

 Pointers: as for scwkms_encrypt() and scwkms_sign_async().
 */
int32_t scwkms_encrypt_async(scwkms_client client,
                             const char *key,
                             const uint8_t *plaintext,
                             size_t plaintext_len,
                             const struct scwkms_async_options *options,
                             scwkms_operation *operation,
                             struct scwkms_error **error);

/*
 Starts scwkms_public_key() and returns at once; see scwkms_sign_async(). scwkms_wait_public_key() takes the public key.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_public_key()

 Pointers: as for scwkms_public_key() and scwkms_sign_async().
 */
int32_t scwkms_public_key_async(scwkms_client client,
                                const char *key,
                                const struct scwkms_async_options *options,
                                scwkms_operation *operation,
                                struct scwkms_error **error);

/*
 Starts scwkms_get_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_get_key()

 Pointers: as for scwkms_get_key() and scwkms_sign_async().
 */
int32_t scwkms_get_key_async(scwkms_client client,
                             const char *key,
                             const struct scwkms_async_options *options,
                             scwkms_operation *operation,
                             struct scwkms_error **error);

/*
 Starts scwkms_create_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.

 @param client     the client
 @param name       the name, or a URI
 @param algorithm  one of SCWKMS_ALGORITHM_*, or 0
 @param protection_level  one of SCWKMS_PROTECTION_LEVEL_*
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_create_key()

 Pointers: as for scwkms_create_key() and scwkms_sign_async().
 */
int32_t scwkms_create_key_async(scwkms_client client,
                                const char *name,
                                uint32_t algorithm,
                                uint32_t protection_level,
                                const struct scwkms_async_options *options,
                                scwkms_operation *operation,
                                struct scwkms_error **error);

/*
 Starts scwkms_delete_key() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the result.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_delete_key()

 Pointers: as for scwkms_delete_key() and scwkms_sign_async().
 */
int32_t scwkms_delete_key_async(scwkms_client client,
                                const char *key,
                                const struct scwkms_async_options *options,
                                scwkms_operation *operation,
                                struct scwkms_error **error);

/*
 Starts scwkms_find_keys() and returns at once; see scwkms_sign_async(). scwkms_wait_key_list() takes the keys.

 @param client     the client
 @param query      the query; NULL or "" for all keys
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_find_keys()

 Pointers: as for scwkms_find_keys() and scwkms_sign_async().
 */
int32_t scwkms_find_keys_async(scwkms_client client,
                               const char *query,
                               const struct scwkms_async_options *options,
                               scwkms_operation *operation,
                               struct scwkms_error **error);

/*
 Gets a key's public key and its algorithm.

 The first use of a key by a client sends two requests in parallel. Later uses send none.

 A key reference is a text, here and in all functions: the key's UUID, `REGION/UUID`, `scwkms:UUID`,
 `scwkms:key-id=UUID;region=REGION`, or `scwkms:name=NAME` if exactly one key has that name.
 A region in the text takes precedence over the client's.

 @param client     the client
 @param key        a key reference
 @param spki_der   receives a SubjectPublicKeyInfo in DER (RFC 5280), to be freed with
                   scwkms_buffer_free()
 @param algorithm  receives one of SCWKMS_ALGORITHM_*, or NULL
 @param error      receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a symmetric key

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_public_key(scwkms_client client,
                          const char *key,
                          struct scwkms_buffer *spki_der,
                          uint32_t *algorithm,
                          struct scwkms_error **error);

/*
 Signs a digest. scwkms_sign_message() signs a message, and is the only function that signs with ML-DSA keys.

 Key usage, algorithm and digest length are checked before a request is sent. The signature is verified with the public
 key, unless the client's URI contains verify=false. A signature that does not verify is never returned. ECDSA signatures
 are in ASN.1 DER (RFC 3279), RSA signatures have the length of the modulus.

 @param client      the client
 @param key         a key reference
 @param algorithm   the algorithm that the caller expects the key to have, or 0; a mismatch is
                    SCWKMS_ERROR_UNSUPPORTED, and its message names both
 @param digest      the digest
 @param digest_len  its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
 @param signature   receives the signature, to be freed with scwkms_buffer_free()
 @param error       receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if the service returned something other than a signature
         of the digest by the key

 Pointers: `key` must be NULL or a NUL-terminated string, `digest` NULL or valid for reading `digest_len`
 bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_sign(scwkms_client client,
                    const char *key,
                    uint32_t algorithm,
                    const uint8_t *digest,
                    size_t digest_len,
                    struct scwkms_buffer *signature,
                    struct scwkms_error **error);

/*
 Decrypts with an RSA-OAEP key (SHA-256, MGF1 with SHA-256, no label) or an AES-256-GCM key (no
 associated data).

 @param client          the client
 @param key             a key reference
 @param ciphertext      the ciphertext
 @param ciphertext_len  its length in bytes: that of the modulus for RSA, else 1 to 131071
 @param plaintext       receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
 @param error           receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that does not decrypt,
         SCWKMS_ERROR_INVALID_ARGUMENT for a ciphertext that was not made with the key

 Pointers: `key` must be NULL or a NUL-terminated string, `ciphertext` NULL or valid for reading
 `ciphertext_len` bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_decrypt(scwkms_client client,
                       const char *key,
                       const uint8_t *ciphertext,
                       size_t ciphertext_len,
                       struct scwkms_buffer *plaintext,
                       struct scwkms_error **error);

/*
 Encrypts, by the service, with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no
 associated data).

 @param client         the client
 @param key            a key reference
 @param plaintext      the plaintext
 @param plaintext_len  its length in bytes: at least 1, at most 190, 318 or 446 for RSA of 2048,
                       3072 or 4096 bits, at most 65535 for AES
 @param ciphertext     receives the ciphertext, to be freed with scwkms_buffer_free()
 @param error          receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that does not encrypt

 Pointers: `key` must be NULL or a NUL-terminated string, `plaintext` NULL or valid for reading
 `plaintext_len` bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_encrypt(scwkms_client client,
                       const char *key,
                       const uint8_t *plaintext,
                       size_t plaintext_len,
                       struct scwkms_buffer *ciphertext,
                       struct scwkms_error **error);

/*
 Creates a key.

 The name is plain text, or a URI with more parameters: `scwkms:name=NAME` with any of
 algorithm=rsa_oaep_3072_sha256, unprotected=true, region, project-id, description, tags=A,B and
 protection-level=hsm. The key is protected against deletion unless the URI contains unprotected=true.

 A creation is repeated only if the first request was certainly not processed. If this is unknown, the error says so,
 and how to look for the key.

 @param client            the client
 @param name              the name, or a URI
 @param algorithm         one of SCWKMS_ALGORITHM_*; 0: the URI's, else EC_P256_SHA256. If the URI contains
                          one too, they must be equal
 @param protection_level  one of SCWKMS_PROTECTION_LEVEL_*
 @param key               receives the key's metadata, to be freed with scwkms_key_free()
 @param error             receives an error, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `name` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_create_key(scwkms_client client,
                          const char *name,
                          uint32_t algorithm,
                          uint32_t protection_level,
                          struct scwkms_key **key,
                          struct scwkms_error **error);

/*
 Schedules a key for deletion. For 7 days scwkms_restore_key() restores it, by its id. A deletion is repeated only if the
 first request was certainly not processed. If this is unknown, the error says so.

 @param client  the client
 @param key     a key reference
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a protected key

 Pointers: `key` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
 */
int32_t scwkms_delete_key(scwkms_client client,
                          const char *key,
                          struct scwkms_error **error);

/*
 Finds keys, ordered by name. Keys that are scheduled for deletion are left out. A list of over 32 MiB in the service's
 responses (about 50,000 keys) is an error: SCWKMS_ERROR_PROTOCOL.

 @param client  the client
 @param query   NULL or "" for all keys of the client's region, in its project or else its organization, or `scwkms:` with any
                of name=NAME (exact), usage=asymmetric_signing, algorithm=ec_p256_sha256,
                tags=A,B (all of them), region and project-id
 @param keys    receives the list, to be freed with scwkms_key_list_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK, also if no key was found, or an error code

 Pointers: `query` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_find_keys(scwkms_client client,
                         const char *query,
                         struct scwkms_key_list **keys,
                         struct scwkms_error **error);

/*
 Gets a key's metadata, with its public key if it has one. The metadata is cached: it shows the key as it was when the
 client first used it.

 @param client  the client
 @param key     a key reference
 @param info    receives the metadata, to be freed with scwkms_key_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_get_key(scwkms_client client, const char *key, struct scwkms_key **info, struct scwkms_error **error);

/*
 Wipes and frees a buffer's bytes, and zeroes the buffer. NULL, a zeroed buffer and a second call are allowed.

 @param buffer  a buffer that was zeroed or written by this library, or NULL

 Pointers: the pointer must be NULL or valid for reading and writing one scwkms_buffer that was zeroed or
 written by this library, with its pointer and length unchanged.
 */
void scwkms_buffer_free(struct scwkms_buffer *buffer);

/*
 Opens a client. Nothing is sent.

 The settings come from Scaleway's config file, the environment and the URI; a later source wins. The URI is
 `scwkms:name=value;name=value`, percent-encoded, with any of access-key, secret-key, project-id, organization-id,
 region, profile, api-url, config (a file), ca-file (PEM), timeout (15s, 500ms), insecure and verify (true, false).
 Without ca-file, the environment variable SCWKMS_CA_FILE names the file. Warnings, for example about `insecure`, go
 to the observer, or to standard error if there is none; see scwkms_set_observer().

 @param uri    the URI; NULL or "" if file and environment contain all settings
 @param error  receives an error, or NULL
 @return the client, to be freed with scwkms_free(). On failure it is 0, and the error's code is
         SCWKMS_ERROR_INVALID_ARGUMENT for a malformed URI or SCWKMS_ERROR_CONFIGURATION for invalid settings

 Pointers: `uri` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
 */
scwkms_client scwkms_open(const char *uri, struct scwkms_error **error);

/*
 Closes a client and returns at once. No operation can begin any more: functions return SCWKMS_ERROR_INVALID_HANDLE.
 Operations in flight finish by their deadline, but a failed attempt is not followed by another. Their results can be
 taken until the client is freed with scwkms_free(). An invalid handle is ignored.

 @param client  the client
 */
void scwkms_close(scwkms_client client);

/*
 Frees a client. 0 and other invalid handles are ignored.

 Blocking calls of other threads finish their current attempt; a failed attempt is not followed by another. Later
 calls return SCWKMS_ERROR_INVALID_HANDLE. Asynchronous operations whose results were not taken are cancelled. This
 function waits until their callbacks have returned. Callbacks that have not begun after ten seconds are never called.
 Inside a callback it does not wait: callbacks of other operations may run after it returns.

 @param client  the client
 */
void scwkms_free(scwkms_client client);

/*
 The time limit of the client's operations: timeout= in its URI, or the default.

 @param client  the client
 @return the limit in milliseconds; 0 if the number is not a client's
 */
uint32_t scwkms_timeout_ms(scwkms_client client);

/*
 Checks the spelling of a key reference, of a client's URI, or of a URI that is both. Nothing is opened or sent.

 @param name   the text
 @param error  receives an error, or NULL
 @return SCWKMS_OK or SCWKMS_ERROR_INVALID_ARGUMENT

 Pointers: `name` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
 */
int32_t scwkms_validate_name(const char *name, struct scwkms_error **error);

/*
 Creates a cache of data keys. Nothing is sent.

 @param client  the client
 @param limits  the limits of a data key, or NULL for the default ones
 @param cache   receives the cache, to be freed with scwkms_data_key_cache_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `limits` must be NULL or valid for reading as many bytes as its field `size` says; the other pointers NULL or
 valid for writing.
 */
int32_t scwkms_data_key_cache_new(scwkms_client client,
                                  const struct scwkms_data_key_limits *limits,
                                  struct scwkms_data_key_cache **cache,
                                  struct scwkms_error **error);

/*
 Frees a cache and wipes its data keys. Encryptors and decryptors that were created with it continue.

 @param cache  a cache, or NULL

 Pointers: `cache` must be NULL or a cache that was not freed and that no other thread uses.
 */
void scwkms_data_key_cache_free(struct scwkms_data_key_cache *cache);

/*
 Encrypts, by the service, with an AES-256-GCM key. The associated data is authenticated but not part of the
 ciphertext: the decryption needs the same associated data. Empty associated data is the same as none.

 @param client               the client
 @param key                  a key reference
 @param plaintext            the plaintext
 @param plaintext_len        its length in bytes: 1 to 65535
 @param associated_data      the associated data; NULL for none
 @param associated_data_len  its length in bytes
 @param ciphertext           receives the ciphertext, to be freed with scwkms_buffer_free()
 @param error                receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for associated data with a key that is not
         symmetric

 Pointers: `key` must be NULL or a NUL-terminated string, `plaintext` NULL or valid for reading `plaintext_len`
 bytes, `associated_data` NULL or valid for reading `associated_data_len` bytes; the other pointers NULL or valid
 for writing.
 */
int32_t scwkms_encrypt_with_associated_data(scwkms_client client,
                                            const char *key,
                                            const uint8_t *plaintext,
                                            size_t plaintext_len,
                                            const uint8_t *associated_data,
                                            size_t associated_data_len,
                                            struct scwkms_buffer *ciphertext,
                                            struct scwkms_error **error);

/*
 Starts scwkms_encrypt_with_associated_data() and returns at once; see scwkms_sign_async(). scwkms_wait() takes
 the ciphertext.

 @param client               the client
 @param key                  a key reference
 @param plaintext            the plaintext, which is copied
 @param plaintext_len        its length in bytes: 1 to 65535
 @param associated_data      the associated data, which is copied; NULL for none
 @param associated_data_len  its length in bytes
 @param options              options, or NULL
 @param operation            receives the operation
 @param error                receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_encrypt_with_associated_data()

 Pointers: as for scwkms_encrypt_with_associated_data() and scwkms_sign_async().
 */
int32_t scwkms_encrypt_with_associated_data_async(scwkms_client client,
                                                  const char *key,
                                                  const uint8_t *plaintext,
                                                  size_t plaintext_len,
                                                  const uint8_t *associated_data,
                                                  size_t associated_data_len,
                                                  const struct scwkms_async_options *options,
                                                  scwkms_operation *operation,
                                                  struct scwkms_error **error);

/*
 Decrypts as scwkms_decrypt() does, with the associated data of the encryption.

 If the key was rotated since the encryption, the service also returns the plaintext encrypted with the newest
 key material. Storing it instead of the old ciphertext makes the older key material unnecessary.

 @param client               the client
 @param key                  a key reference
 @param ciphertext           the ciphertext
 @param ciphertext_len       its length in bytes
 @param associated_data      the associated data; NULL for none
 @param associated_data_len  its length in bytes
 @param plaintext            receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
 @param reencrypted          receives the new ciphertext, or an empty buffer if the key was not rotated, to be
                             freed with scwkms_buffer_free(); NULL if it is not needed
 @param error                receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a ciphertext that was not made with the
         key and this associated data

 Pointers: `key` must be NULL or a NUL-terminated string, `ciphertext` NULL or valid for reading `ciphertext_len`
 bytes, `associated_data` NULL or valid for reading `associated_data_len` bytes; the other pointers NULL or valid
 for writing.
 */
int32_t scwkms_decrypt_with_associated_data(scwkms_client client,
                                            const char *key,
                                            const uint8_t *ciphertext,
                                            size_t ciphertext_len,
                                            const uint8_t *associated_data,
                                            size_t associated_data_len,
                                            struct scwkms_buffer *plaintext,
                                            struct scwkms_buffer *reencrypted,
                                            struct scwkms_error **error);

/*
 Starts scwkms_decrypt_with_associated_data() and returns at once; see scwkms_sign_async().
 scwkms_wait_decrypted() takes the plaintext.

 @param client               the client
 @param key                  a key reference
 @param ciphertext           the ciphertext, which is copied
 @param ciphertext_len       its length in bytes
 @param associated_data      the associated data, which is copied; NULL for none
 @param associated_data_len  its length in bytes
 @param options              options, or NULL
 @param operation            receives the operation
 @param error                receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_decrypt_with_associated_data()

 Pointers: as for scwkms_decrypt_with_associated_data() and scwkms_sign_async().
 */
int32_t scwkms_decrypt_with_associated_data_async(scwkms_client client,
                                                  const char *key,
                                                  const uint8_t *ciphertext,
                                                  size_t ciphertext_len,
                                                  const uint8_t *associated_data,
                                                  size_t associated_data_len,
                                                  const struct scwkms_async_options *options,
                                                  scwkms_operation *operation,
                                                  struct scwkms_error **error);

/*
 Generates a data key for AES-256-GCM outside of Key Manager.

 The service does not store the data key. It returns it encrypted with the key, and if it is needed at once also
 the data key itself. Later scwkms_decrypt() decrypts it.

 @param client      the client
 @param key         a key reference
 @param plaintext   receives the data key, 32 bytes, to be freed with scwkms_buffer_free(), which wipes it;
                    NULL if it is not needed, and the service then does not send it
 @param ciphertext  receives the encrypted data key, to be freed with scwkms_buffer_free()
 @param error       receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that is not symmetric

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_generate_data_key(scwkms_client client,
                                 const char *key,
                                 struct scwkms_buffer *plaintext,
                                 struct scwkms_buffer *ciphertext,
                                 struct scwkms_error **error);

/*
 Starts scwkms_generate_data_key() and returns at once; see scwkms_sign_async(). scwkms_wait_data_key() takes the
 data key.

 @param client          the client
 @param key             a key reference
 @param with_plaintext  whether the service also sends the data key itself
 @param options         options, or NULL
 @param operation       receives the operation
 @param error           receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_generate_data_key()

 Pointers: as for scwkms_generate_data_key() and scwkms_sign_async().
 */
int32_t scwkms_generate_data_key_async(scwkms_client client,
                                       const char *key,
                                       bool with_plaintext,
                                       const struct scwkms_async_options *options,
                                       scwkms_operation *operation,
                                       struct scwkms_error **error);

/*
 Encrypts at most 2048 bytes, usually another key, with an ML-KEM key (FIPS 203). The service encrypts.
 scwkms_unwrap() needs the same associated data.

 @param client               the client
 @param key                  a key reference
 @param plaintext            the plaintext
 @param plaintext_len        its length in bytes: 1 to 2048
 @param associated_data      the associated data; NULL for none
 @param associated_data_len  its length in bytes
 @param ciphertext           receives the ciphertext, to be freed with scwkms_buffer_free()
 @param error                receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key of another usage

 Pointers: `key` must be NULL or a NUL-terminated string, `plaintext` NULL or valid for reading `plaintext_len`
 bytes, `associated_data` NULL or valid for reading `associated_data_len` bytes; the other pointers NULL or valid
 for writing.
 */
int32_t scwkms_wrap(scwkms_client client,
                    const char *key,
                    const uint8_t *plaintext,
                    size_t plaintext_len,
                    const uint8_t *associated_data,
                    size_t associated_data_len,
                    struct scwkms_buffer *ciphertext,
                    struct scwkms_error **error);

/*
 Starts scwkms_wrap() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the ciphertext.

 @param client               the client
 @param key                  a key reference
 @param plaintext            the plaintext, which is copied
 @param plaintext_len        its length in bytes: 1 to 2048
 @param associated_data      the associated data, which is copied; NULL for none
 @param associated_data_len  its length in bytes
 @param options              options, or NULL
 @param operation            receives the operation
 @param error                receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wrap()

 Pointers: as for scwkms_wrap() and scwkms_sign_async().
 */
int32_t scwkms_wrap_async(scwkms_client client,
                          const char *key,
                          const uint8_t *plaintext,
                          size_t plaintext_len,
                          const uint8_t *associated_data,
                          size_t associated_data_len,
                          const struct scwkms_async_options *options,
                          scwkms_operation *operation,
                          struct scwkms_error **error);

/*
 Decrypts a ciphertext of scwkms_wrap() with an ML-KEM key.

 @param client               the client
 @param key                  a key reference
 @param ciphertext           the ciphertext
 @param ciphertext_len       its length in bytes: 1 to 4096
 @param associated_data      the associated data; NULL for none
 @param associated_data_len  its length in bytes
 @param plaintext            receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
 @param error                receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a ciphertext that was not made with the
         key and this associated data

 Pointers: `key` must be NULL or a NUL-terminated string, `ciphertext` NULL or valid for reading `ciphertext_len`
 bytes, `associated_data` NULL or valid for reading `associated_data_len` bytes; the other pointers NULL or valid
 for writing.
 */
int32_t scwkms_unwrap(scwkms_client client,
                      const char *key,
                      const uint8_t *ciphertext,
                      size_t ciphertext_len,
                      const uint8_t *associated_data,
                      size_t associated_data_len,
                      struct scwkms_buffer *plaintext,
                      struct scwkms_error **error);

/*
 Starts scwkms_unwrap() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the plaintext.

 @param client               the client
 @param key                  a key reference
 @param ciphertext           the ciphertext, which is copied
 @param ciphertext_len       its length in bytes: 1 to 4096
 @param associated_data      the associated data, which is copied; NULL for none
 @param associated_data_len  its length in bytes
 @param options              options, or NULL
 @param operation            receives the operation
 @param error                receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_unwrap()

 Pointers: as for scwkms_unwrap() and scwkms_sign_async().
 */
int32_t scwkms_unwrap_async(scwkms_client client,
                            const char *key,
                            const uint8_t *ciphertext,
                            size_t ciphertext_len,
                            const uint8_t *associated_data,
                            size_t associated_data_len,
                            const struct scwkms_async_options *options,
                            scwkms_operation *operation,
                            struct scwkms_error **error);

/*
 Begins the encryption of a message with an AES-256-GCM key. The service generates a data key, with which the library
 encrypts locally. The message contains the encrypted data key. docs/envelope.md describes the format.

 The message consists of the bytes that scwkms_encryptor_update() and scwkms_encryptor_finish() return, in their order.
 Only this function sends a request and may block.

 @param client               the client
 @param key                  a key reference
 @param associated_data      data that the message authenticates but does not contain; NULL for none
 @param associated_data_len  its length in bytes
 @param cache                a cache of the client, or NULL for a new data key
 @param encryptor            receives the encryptor, to be freed with scwkms_encryptor_free()
 @param error                receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that is not symmetric

 Pointers: `key` must be NULL or a NUL-terminated string, `associated_data` NULL or valid for reading
 `associated_data_len` bytes, `cache` NULL or a cache that was not freed; the other pointers NULL or valid for writing.
 */
int32_t scwkms_encryptor_new(scwkms_client client,
                             const char *key,
                             const uint8_t *associated_data,
                             size_t associated_data_len,
                             const struct scwkms_data_key_cache *cache,
                             struct scwkms_encryptor **encryptor,
                             struct scwkms_error **error);

/*
 Encrypts the next part of the plaintext. It never blocks.

 @param encryptor      an encryptor
 @param plaintext      the next part, of any length
 @param plaintext_len  its length in bytes
 @param message        receives the next bytes of the message, possibly none, to be freed with scwkms_buffer_free()
 @param error          receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT after scwkms_encryptor_finish()

 Pointers: `encryptor` must be NULL or an encryptor that was not freed and that no other thread uses, `plaintext` NULL or
 valid for reading `plaintext_len` bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_encryptor_update(struct scwkms_encryptor *encryptor,
                                const uint8_t *plaintext,
                                size_t plaintext_len,
                                struct scwkms_buffer *message,
                                struct scwkms_error **error);

/*
 Encrypts the last segment. Without its bytes the message cannot be decrypted. It never blocks.

 @param encryptor  an encryptor, which only scwkms_encryptor_free() accepts afterwards
 @param message    receives the last bytes of the message, to be freed with scwkms_buffer_free()
 @param error      receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for the second call

 Pointers: as for scwkms_encryptor_update().
 */
int32_t scwkms_encryptor_finish(struct scwkms_encryptor *encryptor,
                                struct scwkms_buffer *message,
                                struct scwkms_error **error);

/*
 Frees an encryptor and wipes its key and plaintext.

 @param encryptor  an encryptor, or NULL

 Pointers: `encryptor` must be NULL or an encryptor that was not freed and that no other thread uses.
 */
void scwkms_encryptor_free(struct scwkms_encryptor *encryptor);

/*
 Begins the decryption of a message. The service decrypts the message's data key, with which the library decrypts locally.

 Only this function sends a request and may block. The start of the message must contain its header: pass at least
 SCWKMS_ENVELOPE_MAX_HEADER_LEN bytes, or the whole message if it is shorter. Pass the bytes after `start` to
 scwkms_decryptor_update(), and call scwkms_decryptor_finish() at the end.

 The header names the key. With an expected key, a message of any other key is an error. Without it, any symmetric key is
 accepted that the client may use.

 @param client               the client
 @param expected_key         the key reference of the expected key, or NULL
 @param associated_data      the associated data of the encryption; NULL for none
 @param associated_data_len  its length in bytes
 @param cache                a cache of the client, or NULL
 @param start                the start of the message
 @param start_len            its length in bytes
 @param decryptor            receives the decryptor, to be freed with scwkms_decryptor_free()
 @param error                receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for data that is not a message;
         SCWKMS_ERROR_INTEGRITY for a modified header, other associated data, or another key than the expected one;
         SCWKMS_ERROR_UNSUPPORTED for a newer format

 Pointers: `expected_key` must be NULL or a NUL-terminated string, `associated_data` NULL or valid for reading
 `associated_data_len` bytes, `start` NULL or valid for reading `start_len` bytes, `cache` NULL or a cache that was not
 freed; the other pointers NULL or valid for writing.
 */
int32_t scwkms_decryptor_new(scwkms_client client,
                             const char *expected_key,
                             const uint8_t *associated_data,
                             size_t associated_data_len,
                             const struct scwkms_data_key_cache *cache,
                             const uint8_t *start,
                             size_t start_len,
                             struct scwkms_decryptor **decryptor,
                             struct scwkms_error **error);

/*
 Decrypts the next part of a message. It never blocks. The plaintext is authentic, but only scwkms_decryptor_finish()
 finds out whether the message is complete.

 @param decryptor    a decryptor
 @param message      the next part, of any length
 @param message_len  its length in bytes
 @param plaintext    receives the next bytes of the plaintext, possibly none, to be freed with scwkms_buffer_free(), which
                     wipes it
 @param error        receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if a segment was modified, moved or removed, and for all calls
         afterwards; SCWKMS_ERROR_INVALID_ARGUMENT after scwkms_decryptor_finish()

 Pointers: `decryptor` must be NULL or a decryptor that was not freed and that no other thread uses, `message` NULL or
 valid for reading `message_len` bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_decryptor_update(struct scwkms_decryptor *decryptor,
                                const uint8_t *message,
                                size_t message_len,
                                struct scwkms_buffer *plaintext,
                                struct scwkms_error **error);

/*
 Decrypts the last segment. Success means that the message is complete. It never blocks.

 @param decryptor  a decryptor, which only scwkms_decryptor_free() accepts afterwards
 @param plaintext  receives the last bytes of the plaintext, to be freed with scwkms_buffer_free(), which wipes it
 @param error      receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if the message is truncated or its last segment was modified;
         SCWKMS_ERROR_INVALID_ARGUMENT for the second call

 Pointers: as for scwkms_decryptor_update().
 */
int32_t scwkms_decryptor_finish(struct scwkms_decryptor *decryptor,
                                struct scwkms_buffer *plaintext,
                                struct scwkms_error **error);

/*
 Frees a decryptor and wipes its key.

 @param decryptor  a decryptor, or NULL

 Pointers: `decryptor` must be NULL or a decryptor that was not freed and that no other thread uses.
 */
void scwkms_decryptor_free(struct scwkms_decryptor *decryptor);

/*
 The error's code: one of SCWKMS_ERROR_*, the same as the function returned.

 @param error  an error, or NULL
 @return the code; SCWKMS_OK for NULL

 Pointers: `error` must be NULL or an error that was not freed.
 */
int32_t scwkms_error_code(const struct scwkms_error *error);

/*
 The HTTP status of the response that caused the error.

 @param error  an error, or NULL
 @return the status; 0 if there was no response, and for NULL

 Pointers: `error` must be NULL or an error that was not freed.
 */
int32_t scwkms_error_http_status(const struct scwkms_error *error);

/*
 The error's message for people, in one line of UTF-8: what failed, on which key and region, the service's
 explanation, and what to do next. It never contains a credential or a plaintext. Its wording may change; the code
 does not.

 @param error  an error, or NULL
 @return the message, valid until the error is freed; never NULL; "" for NULL

 Pointers: `error` must be NULL or an error that was not freed.
 */
const char *scwkms_error_message(const struct scwkms_error *error);

/*
 The service's X-Request-Id, which its support asks for.

 @param error  an error, or NULL
 @return the request id, valid until the error is freed; never NULL; "" if there is none, and for NULL

 Pointers: `error` must be NULL or an error that was not freed.
 */
const char *scwkms_error_request_id(const struct scwkms_error *error);

/*
 Frees an error. Its texts become invalid.

 @param error  an error, or NULL

 Pointers: `error` must be NULL or an error that was not freed.
 */
void scwkms_error_free(struct scwkms_error *error);

/*
 The key's URI, `scwkms:key-id=UUID;region=REGION`, which refers to the key in all functions.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_uri(const struct scwkms_key *key);

/*
 The key's UUID.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_id(const struct scwkms_key *key);

/*
 The key's region.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_region(const struct scwkms_key *key);

/*
 The UUID of the key's project.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_project_id(const struct scwkms_key *key);

/*
 The key's name. Several keys may have the same name.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_name(const struct scwkms_key *key);

/*
 The key's description.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_description(const struct scwkms_key *key);

/*
 The key's usage: asymmetric_signing, asymmetric_encryption, symmetric_encryption or key_encapsulation.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_usage(const struct scwkms_key *key);

/*
 The algorithm's name as the service writes it, for example ec_p256_sha256.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_algorithm_name(const struct scwkms_key *key);

/*
 The key's state: enabled, disabled, pending_key_material or scheduled_for_deletion.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_state(const struct scwkms_key *key);

/*
 The origin of the key material: scaleway_kms, or external for imported key material.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_origin(const struct scwkms_key *key);

/*
 Where operations are executed: software or hsm.

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_protection_level(const struct scwkms_key *key);

/*
 The time of the key's creation (RFC 3339).

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_created_at(const struct scwkms_key *key);

/*
 The time of the last change (RFC 3339).

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_updated_at(const struct scwkms_key *key);

/*
 The time of the last rotation (RFC 3339).

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_rotated_at(const struct scwkms_key *key);

/*
 The time at which the deletion was requested (RFC 3339).

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_deletion_requested_at(const struct scwkms_key *key);

/*
 The key's algorithm: one of SCWKMS_ALGORITHM_*, or 0 if this version of the library does not know the algorithm.

 Pointers: `key` must be NULL or a key that was not freed.
 */
uint32_t scwkms_key_algorithm(const struct scwkms_key *key);

/*
 How often the key was rotated.

 Pointers: `key` must be NULL or a key that was not freed.
 */
uint64_t scwkms_key_rotation_count(const struct scwkms_key *key);

/*
 The number of seconds between two rotations by the service, or 0 if the key has no rotation policy.

 Pointers: `key` must be NULL or a key that was not freed.
 */
uint64_t scwkms_key_rotation_period(const struct scwkms_key *key);

/*
 The time of the next rotation by the service (RFC 3339).

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_next_rotation_at(const struct scwkms_key *key);

/*
 Whether the key is protected against deletion.

 Pointers: `key` must be NULL or a key that was not freed.
 */
bool scwkms_key_is_protected(const struct scwkms_key *key);

/*
 Whether the service has locked the key.

 Pointers: `key` must be NULL or a key that was not freed.
 */
bool scwkms_key_is_locked(const struct scwkms_key *key);

/*
 The number of the key's tags.

 Pointers: `key` must be NULL or a key that was not freed.
 */
size_t scwkms_key_tag_count(const struct scwkms_key *key);

/*
 One of the key's tags.

 @param key    a key, or NULL
 @param index  from 0 to scwkms_key_tag_count() - 1
 @return the tag, valid until the key is freed; NULL if there is no tag with this index

 Pointers: `key` must be NULL or a key that was not freed.
 */
const char *scwkms_key_tag(const struct scwkms_key *key, size_t index);

/*
 The key's public key: a SubjectPublicKeyInfo in DER (RFC 5280).

 Keys from scwkms_get_key() have it. Keys from scwkms_create_key() and scwkms_find_keys() do not, since the service
 sends it in a separate response.

 @param key  a key, or NULL
 @param len  receives the number of bytes, or 0; it may be NULL
 @return the bytes, valid until the key is freed; NULL if the key has no public key, if the library does not know its
         algorithm, or if it was not fetched

 Pointers: `key` must be NULL or a key that was not freed, `len` NULL or valid for writing.
 */
const uint8_t *scwkms_key_public_key(const struct scwkms_key *key, size_t *len);

/*
 Frees a key. Its texts become invalid. Keys of a list must not be freed.

 @param key  a key, or NULL

 Pointers: `key` must be NULL, or a key that was not freed and is not part of a list.
 */
void scwkms_key_free(struct scwkms_key *key);

/*
 Generates new key material for a symmetric key. Ciphertexts of older key material can still be decrypted. It is
 repeated only if the first request was certainly not processed. If this is unknown, the error says so. A key
 that is named by its name is looked up again.

 @param client  the client
 @param key     a key reference
 @param info    receives the key's new metadata, to be freed with scwkms_key_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_rotate_key(scwkms_client client, const char *key, struct scwkms_key **info, struct scwkms_error **error);

/*
 Starts scwkms_rotate_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_rotate_key()

 Pointers: as for scwkms_rotate_key() and scwkms_sign_async().
 */
int32_t scwkms_rotate_key_async(scwkms_client client,
                                const char *key,
                                const struct scwkms_async_options *options,
                                scwkms_operation *operation,
                                struct scwkms_error **error);

/*
 Enables a disabled key. A key that is named by its name is looked up again.

 @param client  the client
 @param key     a key reference
 @param info    receives the key's new metadata, to be freed with scwkms_key_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a key that is scheduled for deletion or has no
         key material

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_enable_key(scwkms_client client, const char *key, struct scwkms_key **info, struct scwkms_error **error);

/*
 Starts scwkms_enable_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_enable_key()

 Pointers: as for scwkms_enable_key() and scwkms_sign_async().
 */
int32_t scwkms_enable_key_async(scwkms_client client,
                                const char *key,
                                const struct scwkms_async_options *options,
                                scwkms_operation *operation,
                                struct scwkms_error **error);

/*
 Disables a key: no cryptographic operation is possible until scwkms_enable_key(). A key that is named by its
 name is looked up again.

 @param client  the client
 @param key     a key reference
 @param info    receives the key's new metadata, to be freed with scwkms_key_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a key that is scheduled for deletion

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_disable_key(scwkms_client client,
                           const char *key,
                           struct scwkms_key **info,
                           struct scwkms_error **error);

/*
 Starts scwkms_disable_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_disable_key()

 Pointers: as for scwkms_disable_key() and scwkms_sign_async().
 */
int32_t scwkms_disable_key_async(scwkms_client client,
                                 const char *key,
                                 const struct scwkms_async_options *options,
                                 scwkms_operation *operation,
                                 struct scwkms_error **error);

/*
 Protects a key against deletion. A key that is named by its name is looked up again.

 @param client  the client
 @param key     a key reference
 @param info    receives the key's new metadata, to be freed with scwkms_key_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_protect_key(scwkms_client client,
                           const char *key,
                           struct scwkms_key **info,
                           struct scwkms_error **error);

/*
 Starts scwkms_protect_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_protect_key()

 Pointers: as for scwkms_protect_key() and scwkms_sign_async().
 */
int32_t scwkms_protect_key_async(scwkms_client client,
                                 const char *key,
                                 const struct scwkms_async_options *options,
                                 scwkms_operation *operation,
                                 struct scwkms_error **error);

/*
 Removes a key's protection against deletion. A key that is named by its name is looked up again.

 @param client  the client
 @param key     a key reference
 @param info    receives the key's new metadata, to be freed with scwkms_key_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_unprotect_key(scwkms_client client,
                             const char *key,
                             struct scwkms_key **info,
                             struct scwkms_error **error);

/*
 Starts scwkms_unprotect_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the
 metadata.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_unprotect_key()

 Pointers: as for scwkms_unprotect_key() and scwkms_sign_async().
 */
int32_t scwkms_unprotect_key_async(scwkms_client client,
                                   const char *key,
                                   const struct scwkms_async_options *options,
                                   scwkms_operation *operation,
                                   struct scwkms_error **error);

/*
 Restores a key that is scheduled for deletion, with all its rotations. It is repeated only if the first request
 was certainly not processed. If this is unknown, the error says so. A key that is named by its name is looked up
 again.

 @param client  the client
 @param key     a key reference
 @param info    receives the key's new metadata, to be freed with scwkms_key_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_KEY_STATE for a key that is not scheduled for deletion

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_restore_key(scwkms_client client,
                           const char *key,
                           struct scwkms_key **info,
                           struct scwkms_error **error);

/*
 Starts scwkms_restore_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_restore_key()

 Pointers: as for scwkms_restore_key() and scwkms_sign_async().
 */
int32_t scwkms_restore_key_async(scwkms_client client,
                                 const char *key,
                                 const struct scwkms_async_options *options,
                                 scwkms_operation *operation,
                                 struct scwkms_error **error);

/*
 The number of keys in a list; 0 for NULL.

 Pointers: `keys` must be NULL or a list that was not freed.
 */
size_t scwkms_key_list_len(const struct scwkms_key_list *keys);

/*
 One key of a list.

 @param keys   a list, or NULL
 @param index  from 0 to scwkms_key_list_len() - 1
 @return the key, which belongs to the list and is valid until the list is freed; NULL if there is no key with this
         index

 Pointers: `keys` must be NULL or a list that was not freed.
 */
const struct scwkms_key *scwkms_key_list_get(const struct scwkms_key_list *keys, size_t index);

/*
 Frees a list and its keys.

 @param keys  a list, or NULL

 Pointers: `keys` must be NULL or a list that was not freed.
 */
void scwkms_key_list_free(struct scwkms_key_list *keys);

/*
 Imports key material into a key of origin external, which scwkms_create_key() creates with `origin=external` in
 the URI. The service derives the key from the material and the salt. Each import is a rotation. It is repeated
 only if the first request was certainly not processed. If this is unknown, the error says so.

 @param client        the client
 @param key           a key reference
 @param material      the key material
 @param material_len  its length in bytes, at least 1
 @param salt          the salt; NULL for none
 @param salt_len      its length in bytes
 @param info          receives the key's new metadata, to be freed with scwkms_key_free()
 @param error         receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a key of another origin

 Pointers: `key` must be NULL or a NUL-terminated string, `material` NULL or valid for reading `material_len`
 bytes, `salt` NULL or valid for reading `salt_len` bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_import_key_material(scwkms_client client,
                                   const char *key,
                                   const uint8_t *material,
                                   size_t material_len,
                                   const uint8_t *salt,
                                   size_t salt_len,
                                   struct scwkms_key **info,
                                   struct scwkms_error **error);

/*
 Starts scwkms_import_key_material() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the
 metadata.

 @param client        the client
 @param key           a key reference
 @param material      the key material, which is copied
 @param material_len  its length in bytes, at least 1
 @param salt          the salt, which is copied; NULL for none
 @param salt_len      its length in bytes
 @param options       options, or NULL
 @param operation     receives the operation
 @param error         receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_import_key_material()

 Pointers: as for scwkms_import_key_material() and scwkms_sign_async().
 */
int32_t scwkms_import_key_material_async(scwkms_client client,
                                         const char *key,
                                         const uint8_t *material,
                                         size_t material_len,
                                         const uint8_t *salt,
                                         size_t salt_len,
                                         const struct scwkms_async_options *options,
                                         scwkms_operation *operation,
                                         struct scwkms_error **error);

/*
 Deletes imported key material at once: ciphertexts of it can no longer be decrypted. It is repeated only if the
 first request was certainly not processed. If this is unknown, the error says so.

 @param client          the client
 @param key             a key reference
 @param rotation_index  the index of the rotation, or -1 for the newest one
 @param error           receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a key whose origin is not external

 Pointers: `key` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
 */
int32_t scwkms_delete_key_material(scwkms_client client,
                                   const char *key,
                                   int64_t rotation_index,
                                   struct scwkms_error **error);

/*
 Starts scwkms_delete_key_material() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the
 result.

 @param client          the client
 @param key             a key reference
 @param rotation_index  the index of the rotation, or -1 for the newest one
 @param options         options, or NULL
 @param operation       receives the operation
 @param error           receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_delete_key_material()

 Pointers: as for scwkms_delete_key_material() and scwkms_sign_async().
 */
int32_t scwkms_delete_key_material_async(scwkms_client client,
                                         const char *key,
                                         int64_t rotation_index,
                                         const struct scwkms_async_options *options,
                                         scwkms_operation *operation,
                                         struct scwkms_error **error);

/*
 Gets the public key and the token for an import of wrapped key material into a key of origin external. In its
 version v1alpha1 the service has no request that takes the token: scwkms_import_key_material() imports material
 that is not wrapped.

 @param client              the client
 @param key                 a key reference
 @param wrapping_algorithm  one of SCWKMS_WRAPPING_*
 @param public_key          receives the public key, as the service encodes it, to be freed with
                            scwkms_buffer_free()
 @param import_token        receives the token, to be freed with scwkms_buffer_free()
 @param error               receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a key whose origin is not external

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_get_import_parameters(scwkms_client client,
                                     const char *key,
                                     uint32_t wrapping_algorithm,
                                     struct scwkms_buffer *public_key,
                                     struct scwkms_buffer *import_token,
                                     struct scwkms_error **error);

/*
 Starts scwkms_get_import_parameters() and returns at once; see scwkms_sign_async().
 scwkms_wait_import_parameters() takes the parameters.

 @param client              the client
 @param key                 a key reference
 @param wrapping_algorithm  one of SCWKMS_WRAPPING_*
 @param options             options, or NULL
 @param operation           receives the operation
 @param error               receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_get_import_parameters()

 Pointers: as for scwkms_get_import_parameters() and scwkms_sign_async().
 */
int32_t scwkms_get_import_parameters_async(scwkms_client client,
                                           const char *key,
                                           uint32_t wrapping_algorithm,
                                           const struct scwkms_async_options *options,
                                           scwkms_operation *operation,
                                           struct scwkms_error **error);

/*
 Changes a key's name, description, tags or rotation policy. A key that is named by its name is looked up again.

 @param client  the client
 @param key     a key reference
 @param update  the changes
 @param info    receives the key's new metadata, to be freed with scwkms_key_free()
 @param error   receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for an update that changes nothing

 Pointers: `key` must be NULL or a NUL-terminated string. `update` must be NULL or valid for reading as many
 bytes as its field `size` says; its strings must be NULL or NUL-terminated, and `tags` NULL or valid for reading
 `tag_count` strings. The other pointers must be NULL or valid for writing.
 */
int32_t scwkms_update_key(scwkms_client client,
                          const char *key,
                          const struct scwkms_key_update *update,
                          struct scwkms_key **info,
                          struct scwkms_error **error);

/*
 Starts scwkms_update_key() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the metadata.

 @param client     the client
 @param key        a key reference
 @param update     the changes
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_update_key()

 Pointers: as for scwkms_update_key() and scwkms_sign_async().
 */
int32_t scwkms_update_key_async(scwkms_client client,
                                const char *key,
                                const struct scwkms_key_update *update,
                                const struct scwkms_async_options *options,
                                scwkms_operation *operation,
                                struct scwkms_error **error);

/*
 Signs a message of any length, with any key that signs.

 With ECDSA and RSA keys, the message is hashed with the key's hash, and the digest is signed as by scwkms_sign(). With
 ML-DSA keys, the signature is one of pure ML-DSA (FIPS 204) with an empty context. It is always verified, also with
 verify=false.

 The service does not document what it signs with ML-DSA keys. The client sends the external mu of the message. If the
 service signs these 64 bytes as a message instead, the client sends the message, from then on at once; the message must
 then have 1 to 65,535 bytes.

 @param client       the client
 @param key          a key reference
 @param algorithm    the algorithm that the caller expects the key to have, or 0; a mismatch is
                     SCWKMS_ERROR_UNSUPPORTED, and its message names both
 @param message      the message
 @param message_len  its length in bytes
 @param signature    receives the signature, to be freed with scwkms_buffer_free()
 @param error        receives an error, or NULL
 @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if the service returned something other than a signature
         of the message by the key; SCWKMS_ERROR_UNSUPPORTED if the service signs otherwise with an ML-DSA key, for
         example with HashML-DSA, or does not accept the message

 Pointers: `key` must be NULL or a NUL-terminated string, `message` NULL or valid for reading `message_len`
 bytes; the other pointers NULL or valid for writing.
 */
int32_t scwkms_sign_message(scwkms_client client,
                            const char *key,
                            uint32_t algorithm,
                            const uint8_t *message,
                            size_t message_len,
                            struct scwkms_buffer *signature,
                            struct scwkms_error **error);

/*
 Starts scwkms_sign_message() and returns at once; see scwkms_sign_async(). scwkms_wait() takes the signature.

 @param client       the client
 @param key          a key reference
 @param algorithm    the algorithm that the caller expects the key to have, or 0
 @param message      the message, which is copied
 @param message_len  its length in bytes
 @param options      options, or NULL
 @param operation    receives the operation
 @param error        receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_sign_message()

 Pointers: as for scwkms_sign_message() and scwkms_sign_async().
 */
int32_t scwkms_sign_message_async(scwkms_client client,
                                  const char *key,
                                  uint32_t algorithm,
                                  const uint8_t *message,
                                  size_t message_len,
                                  const struct scwkms_async_options *options,
                                  scwkms_operation *operation,
                                  struct scwkms_error **error);

/*
 Verifies a signature of a message with the key's public key, with ML-DSA keys by pure ML-DSA (FIPS 204) with an empty
 context. After the first use of a key by a client no request is sent.

 @param client         the client
 @param key            a key reference
 @param algorithm      the algorithm that the caller expects the key to have, or 0
 @param message        the message
 @param message_len    its length in bytes
 @param signature      the signature, as scwkms_sign_message() returns it
 @param signature_len  its length in bytes
 @param error          receives an error, or NULL
 @return SCWKMS_OK if the signature is valid; SCWKMS_ERROR_INTEGRITY if it is not a signature of the message by
         the key; or another error code

 Pointers: `key` must be NULL or a NUL-terminated string, `message` and `signature` NULL or valid for reading that
 many bytes, `error` NULL or valid for writing.
 */
int32_t scwkms_verify_message(scwkms_client client,
                              const char *key,
                              uint32_t algorithm,
                              const uint8_t *message,
                              size_t message_len,
                              const uint8_t *signature,
                              size_t signature_len,
                              struct scwkms_error **error);

/*
 Starts scwkms_verify_message() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the result.

 @param client         the client
 @param key            a key reference
 @param algorithm      the algorithm that the caller expects the key to have, or 0
 @param message        the message, which is copied
 @param message_len    its length in bytes
 @param signature      the signature, as scwkms_sign_message() returns it, which is copied
 @param signature_len  its length in bytes
 @param options        options, or NULL
 @param operation      receives the operation
 @param error          receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_verify_message()

 Pointers: as for scwkms_verify_message() and scwkms_sign_async().
 */
int32_t scwkms_verify_message_async(scwkms_client client,
                                    const char *key,
                                    uint32_t algorithm,
                                    const uint8_t *message,
                                    size_t message_len,
                                    const uint8_t *signature,
                                    size_t signature_len,
                                    const struct scwkms_async_options *options,
                                    scwkms_operation *operation,
                                    struct scwkms_error **error);

/*
 Sets the observer of the process, or removes it. It receives the events of all clients, also of those that are open.

 When this function returns, no thread calls the previous observer any more, so do not hold a lock that the observer
 needs. A child of fork() inherits the observer.

 @param observer  a function, or NULL to remove the observer
 @param context   an argument for the observer
 @param error     receives an error, or NULL
 @return SCWKMS_OK, or SCWKMS_ERROR_INVALID_ARGUMENT inside the observer

 Pointers: `observer` and `context` must remain valid until another call of this function has returned. `error` must be
 NULL or valid for writing.
 */
int32_t scwkms_set_observer(scwkms_observer observer, void *context, struct scwkms_error **error);

/*
 Lists the rotations of a key, the oldest first. An asymmetric key has one. A key that is named by its name is
 looked up again.

 @param client     the client
 @param key        a key reference
 @param rotations  receives the list, to be freed with scwkms_rotation_list_free()
 @param error      receives an error, or NULL
 @return SCWKMS_OK or an error code

 Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
 */
int32_t scwkms_list_rotations(scwkms_client client,
                              const char *key,
                              struct scwkms_rotation_list **rotations,
                              struct scwkms_error **error);

/*
 Starts scwkms_list_rotations() and returns at once; see scwkms_sign_async(). scwkms_wait_rotation_list() takes
 the list.

 @param client     the client
 @param key        a key reference
 @param options    options, or NULL
 @param operation  receives the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_list_rotations()

 Pointers: as for scwkms_list_rotations() and scwkms_sign_async().
 */
int32_t scwkms_list_rotations_async(scwkms_client client,
                                    const char *key,
                                    const struct scwkms_async_options *options,
                                    scwkms_operation *operation,
                                    struct scwkms_error **error);

/*
 The number of rotations in a list; 0 for NULL.

 Pointers: `list` must be NULL or a list that was not freed.
 */
size_t scwkms_rotation_list_len(const struct scwkms_rotation_list *list);

/*
 The number of the rotation.

 @param list   a list, or NULL
 @param index  from 0 to scwkms_rotation_list_len() - 1
 @return the value; 0 if there is no rotation with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
uint32_t scwkms_rotation_index(const struct scwkms_rotation_list *list, size_t index);

/*
 The status: enabled or deleted, or a newer value of the service.

 @param list   a list, or NULL
 @param index  from 0 to scwkms_rotation_list_len() - 1
 @return the value, valid until the list is freed; "" if there is no rotation with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
const char *scwkms_rotation_status(const struct scwkms_rotation_list *list, size_t index);

/*
 Whether the key was rotated by a request, not by its rotation policy.

 @param list   a list, or NULL
 @param index  from 0 to scwkms_rotation_list_len() - 1
 @return the value; false if there is no rotation with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
bool scwkms_rotation_is_manual(const struct scwkms_rotation_list *list, size_t index);

/*
 The time of the rotation (RFC 3339).

 @param list   a list, or NULL
 @param index  from 0 to scwkms_rotation_list_len() - 1
 @return the value, valid until the list is freed; "" if there is no rotation with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
const char *scwkms_rotation_created_at(const struct scwkms_rotation_list *list, size_t index);

/*
 The time of the last change (RFC 3339).

 @param list   a list, or NULL
 @param index  from 0 to scwkms_rotation_list_len() - 1
 @return the value, valid until the list is freed; "" if there is no rotation with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
const char *scwkms_rotation_updated_at(const struct scwkms_rotation_list *list, size_t index);

/*
 The time at which the key material was deleted (RFC 3339), or "".

 @param list   a list, or NULL
 @param index  from 0 to scwkms_rotation_list_len() - 1
 @return the value, valid until the list is freed; "" if there is no rotation with this index

 Pointers: `list` must be NULL or a list that was not freed.
 */
const char *scwkms_rotation_deleted_at(const struct scwkms_rotation_list *list, size_t index);

/*
 Frees a list. Its texts become invalid.

 @param list  a list, or NULL

 Pointers: `list` must be NULL or a list that was not freed.
 */
void scwkms_rotation_list_free(struct scwkms_rotation_list *list);

/*
 Verifies a signature of a digest with the key's public key. After the first use of a key by a client no request
 is sent.

 @param client         the client
 @param key            a key reference
 @param algorithm      the algorithm that the caller expects the key to have, or 0
 @param digest         the digest
 @param digest_len     its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
 @param signature      the signature, as scwkms_sign() returns it
 @param signature_len  its length in bytes
 @param error          receives an error, or NULL
 @return SCWKMS_OK if the signature is valid; SCWKMS_ERROR_INTEGRITY if it is not a signature of the digest by
         the key; or another error code

 Pointers: `key` must be NULL or a NUL-terminated string, `digest` and `signature` NULL or valid for reading that
 many bytes, `error` NULL or valid for writing.
 */
int32_t scwkms_verify(scwkms_client client,
                      const char *key,
                      uint32_t algorithm,
                      const uint8_t *digest,
                      size_t digest_len,
                      const uint8_t *signature,
                      size_t signature_len,
                      struct scwkms_error **error);

/*
 Starts scwkms_verify() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the result.

 @param client         the client
 @param key            a key reference
 @param algorithm      the algorithm that the caller expects the key to have, or 0
 @param digest         the digest, which is copied
 @param digest_len     its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
 @param signature      the signature, as scwkms_sign() returns it, which is copied
 @param signature_len  its length in bytes
 @param options        options, or NULL
 @param operation      receives the operation
 @param error          receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_verify()

 Pointers: as for scwkms_verify() and scwkms_sign_async().
 */
int32_t scwkms_verify_async(scwkms_client client,
                            const char *key,
                            uint32_t algorithm,
                            const uint8_t *digest,
                            size_t digest_len,
                            const uint8_t *signature,
                            size_t signature_len,
                            const struct scwkms_async_options *options,
                            scwkms_operation *operation,
                            struct scwkms_error **error);

/*
 Verifies a signature of a digest by a request to the service. scwkms_verify() gives the same answer without a
 request, except for algorithms that only the service verifies, such as ec_secp256k1_sha256.

 @param client         the client
 @param key            a key reference
 @param algorithm      the algorithm that the caller expects the key to have, or 0
 @param digest         the digest
 @param digest_len     its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
 @param signature      the signature, as scwkms_sign() returns it
 @param signature_len  its length in bytes
 @param error          receives an error, or NULL
 @return SCWKMS_OK if the signature is valid; SCWKMS_ERROR_INTEGRITY if it is not a signature of the digest by
         the key; or another error code

 Pointers: `key` must be NULL or a NUL-terminated string, `digest` and `signature` NULL or valid for reading that
 many bytes, `error` NULL or valid for writing.
 */
int32_t scwkms_verify_by_service(scwkms_client client,
                                 const char *key,
                                 uint32_t algorithm,
                                 const uint8_t *digest,
                                 size_t digest_len,
                                 const uint8_t *signature,
                                 size_t signature_len,
                                 struct scwkms_error **error);

/*
 Starts scwkms_verify_by_service() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the
 result.

 @param client         the client
 @param key            a key reference
 @param algorithm      the algorithm that the caller expects the key to have, or 0
 @param digest         the digest, which is copied
 @param digest_len     its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
 @param signature      the signature, as scwkms_sign() returns it, which is copied
 @param signature_len  its length in bytes
 @param options        options, or NULL
 @param operation      receives the operation
 @param error          receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_verify_by_service()

 Pointers: as for scwkms_verify_by_service() and scwkms_sign_async().
 */
int32_t scwkms_verify_by_service_async(scwkms_client client,
                                       const char *key,
                                       uint32_t algorithm,
                                       const uint8_t *digest,
                                       size_t digest_len,
                                       const uint8_t *signature,
                                       size_t signature_len,
                                       const struct scwkms_async_options *options,
                                       scwkms_operation *operation,
                                       struct scwkms_error **error);

/*
 The library's version, for example "0.1.0".

 @return a static string; never NULL, not to be freed
 */
const char *scwkms_version(void);

/*
 The version of the library's binary interface. A program may compare it with SCWKMS_ABI_VERSION of the header that it was
 compiled with.
 */
uint32_t scwkms_abi_version(void);

/*
 Takes the result of an operation that was started by scwkms_sign_async(), scwkms_decrypt_async(),
 scwkms_encrypt_async(), scwkms_encrypt_with_associated_data_async(), scwkms_wrap_async() or scwkms_unwrap_async(), and
 waits for it if necessary. The operation is released. A signature is verified here, on the calling
 thread.

 If several threads wait for one operation, one gets the result, and the others get SCWKMS_ERROR_INVALID_HANDLE. When this
 function returns, the operation's callback has returned, or is never called, unless this function is called inside the
 callback. It waits for a callback that is running without a time limit, so the caller must not hold a lock that the
 callback takes.

 @param operation  the operation
 @param result     receives the signature, plaintext or ciphertext, to be freed with scwkms_buffer_free(), which wipes it
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from the blocking form; SCWKMS_ERROR_CANCELLED if the operation was cancelled;
         SCWKMS_ERROR_INVALID_ARGUMENT if this is the wrong function for the operation; the message names the right one

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait(scwkms_operation operation,
                    struct scwkms_buffer *result,
                    struct scwkms_error **error);

/*
 Takes the result of an operation that was started by scwkms_public_key_async(); see scwkms_wait().

 @param operation  the operation
 @param spki_der   receives a SubjectPublicKeyInfo in DER (RFC 5280), to be freed with scwkms_buffer_free()
 @param algorithm  receives one of SCWKMS_ALGORITHM_*, or NULL
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_public_key(scwkms_operation operation,
                               struct scwkms_buffer *spki_der,
                               uint32_t *algorithm,
                               struct scwkms_error **error);

/*
 Takes the result of an operation that was started by scwkms_get_key_async(), scwkms_create_key_async(),
 scwkms_update_key_async(), scwkms_import_key_material_async(), or an action on a key, for example
 scwkms_rotate_key_async(); see scwkms_wait().

 @param operation  the operation
 @param key        receives the key's metadata, to be freed with scwkms_key_free()
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_key(scwkms_operation operation, struct scwkms_key **key, struct scwkms_error **error);

/*
 Takes the result of an operation that was started by scwkms_find_keys_async(); see scwkms_wait().

 @param operation  the operation
 @param keys       receives the list, to be freed with scwkms_key_list_free()
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_key_list(scwkms_operation operation, struct scwkms_key_list **keys, struct scwkms_error **error);

/*
 Takes the result of an operation that was started by scwkms_delete_key_async(), scwkms_delete_key_material_async(),
 scwkms_verify_async(), scwkms_verify_by_service_async() or scwkms_verify_message_async(); see scwkms_wait().

 @param operation  the operation
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_done(scwkms_operation operation, struct scwkms_error **error);

/*
 Whether the result of an operation can be taken without waiting: the operation has ended, and its callback, if it has
 one, has returned. Inside the operation's callback this is true. It does not block. The functions scwkms_wait*() then
 return at once, unless another thread takes the result before.

 @param operation  the operation
 @return false for an invalid handle, also after the result was taken
 */
bool scwkms_is_ready(scwkms_operation operation);

/*
 Waits until the result of an operation can be taken, as scwkms_is_ready() reports it, at most for a time limit. It takes
 no result and does not release the operation: after any return value, a function scwkms_wait*() takes the result.

 Any number of threads may wait for one operation. A callback that is running counts: this function returns after it, or
 when the time limit ends. If a callback of any operation does not return, no result becomes available, and only
 scwkms_wait*() returns after the operation's deadline. In a callback this function does not wait.

 @param operation   the operation
 @param timeout_ms  the time limit in milliseconds; 0 to return at once
 @param error       receives an error, or NULL
 @return SCWKMS_OK if the result can be taken, also if the operation failed or was cancelled; SCWKMS_ERROR_TIMEOUT if it
         cannot be taken yet; SCWKMS_ERROR_INVALID_ARGUMENT if it cannot be taken yet, in a callback;
         SCWKMS_ERROR_INVALID_HANDLE if the result was taken

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_ready(scwkms_operation operation,
                          uint32_t timeout_ms,
                          struct scwkms_error **error);

/*
 Cancels an operation, unless its result is available. scwkms_wait() then returns SCWKMS_ERROR_CANCELLED, and the
 callback is called as usual. It is unknown whether the service processes the request. An invalid handle is ignored.

 @param operation  the operation
 */
void scwkms_cancel(scwkms_operation operation);

/*
 Takes the result of an operation that was started by scwkms_decrypt_with_associated_data_async(); see
 scwkms_wait().

 @param operation    the operation
 @param plaintext    receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
 @param reencrypted  receives the new ciphertext, or an empty buffer if the key was not rotated; NULL if it is
                     not needed
 @param error        receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_decrypted(scwkms_operation operation,
                              struct scwkms_buffer *plaintext,
                              struct scwkms_buffer *reencrypted,
                              struct scwkms_error **error);

/*
 Takes the result of an operation that was started by scwkms_generate_data_key_async(); see scwkms_wait().

 @param operation   the operation
 @param plaintext   receives the data key, or an empty buffer if it was not requested, to be freed with
                    scwkms_buffer_free(), which wipes it; NULL if it is not needed
 @param ciphertext  receives the encrypted data key, to be freed with scwkms_buffer_free()
 @param error       receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_data_key(scwkms_operation operation,
                             struct scwkms_buffer *plaintext,
                             struct scwkms_buffer *ciphertext,
                             struct scwkms_error **error);

/*
 Takes the result of an operation that was started by scwkms_get_import_parameters_async(); see scwkms_wait().

 @param operation     the operation
 @param public_key    receives the public key, to be freed with scwkms_buffer_free()
 @param import_token  receives the token, to be freed with scwkms_buffer_free()
 @param error         receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_import_parameters(scwkms_operation operation,
                                      struct scwkms_buffer *public_key,
                                      struct scwkms_buffer *import_token,
                                      struct scwkms_error **error);

/*
 Takes the result of an operation that was started by scwkms_list_rotations_async(); see scwkms_wait().

 @param operation  the operation
 @param rotations  receives the list, to be freed with scwkms_rotation_list_free()
 @param error      receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_rotation_list(scwkms_operation operation,
                                  struct scwkms_rotation_list **rotations,
                                  struct scwkms_error **error);

/*
 Takes the result of an operation that was started by scwkms_list_algorithms_async(); see scwkms_wait().

 @param operation   the operation
 @param algorithms  receives the list, to be freed with scwkms_algorithm_list_free()
 @param error       receives an error, or NULL
 @return SCWKMS_OK, or an error code as from scwkms_wait()

 Pointers: NULL or valid for writing.
 */
int32_t scwkms_wait_algorithm_list(scwkms_operation operation,
                                   struct scwkms_algorithm_list **algorithms,
                                   struct scwkms_error **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SCWKMS_H */
