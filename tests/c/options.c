/*
 * The options of asynchronous calls: their size, members of a newer header, the reserved member, and the timeout.
 *
 *   options KEY    prints "ready"; reads "start" when the service delays responses beyond every deadline; the client
 *                  has a timeout of TIMEOUT_MS
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "lines.h"
#include "refused.h"

enum { TIMEOUT_MS = 4000, SHORT_MS = 300, EXTRA = 40 };

static const uint8_t digest[32] = {23};
static scwkms_client client;
static const char *key;

/* Options of a newer header, with members that this library does not know. */
typedef struct newer_options {
  scwkms_async_options known;
  unsigned char extra[EXTRA];
} newer_options;

#define STARTED(given) scwkms_sign_async(client, key, 0, digest, sizeof digest, given, &operation, error)

static void completes(const scwkms_async_options *given) {
  scwkms_error *error = NULL;
  scwkms_buffer signature = {0};
  scwkms_operation started = 0;
  int32_t code = scwkms_sign_async(client, key, 0, digest, sizeof digest, given, &started, &error);
  CHECK(code == SCWKMS_OK, "%d: %s", (int)code, scwkms_error_message(error));
  CHECK(code != SCWKMS_OK || scwkms_wait(started, &signature, NULL) == SCWKMS_OK, "no signature");
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
}

/* The message of the refusal contains `part`. */
static void refused_with(const scwkms_async_options *given, const char *part) {
  scwkms_error *error = NULL;
  scwkms_operation started = 0;
  int32_t code = scwkms_sign_async(client, key, 0, digest, sizeof digest, given, &started, &error);
  CHECK(code == SCWKMS_ERROR_INVALID_ARGUMENT && started == 0, "%d", (int)code);
  CHECK(strstr(scwkms_error_message(error), part) != NULL, "%s", scwkms_error_message(error));
  scwkms_error_free(error);
}

static void sizes(void) {
  const size_t smaller[] = {0, 1, offsetof(scwkms_async_options, callback), offsetof(scwkms_async_options, reserved),
                            sizeof options - 1};
  for (size_t i = 0; i < sizeof smaller / sizeof smaller[0]; i++) {
    scwkms_async_options given = options;
    given.size = smaller[i];
    INVALID(STARTED(&given));
    refused_with(&given, "size");
  }
  completes(NULL);
  completes(&(scwkms_async_options){.size = sizeof options});
}

/* Unknown members are accepted as long as they are zero, and refused otherwise, whichever byte it is. */
static void members_of_a_newer_header(void) {
  newer_options newer = {.known = {.size = sizeof newer}};
  completes(&newer.known);
  for (size_t i = 0; i < EXTRA; i++) {
    newer.known = options;
    newer.known.size = sizeof newer;
    newer.extra[i] = 1;
    INVALID(STARTED(&newer.known));
    refused_with(&newer.known, "newer");
    /* Bytes beyond the size are not read. */
    newer.known = (scwkms_async_options){.size = offsetof(newer_options, extra) + i};
    completes(&newer.known);
    newer.extra[i] = 0;
  }
}

/* A size far beyond any header's is refused before the library reads so many bytes: valgrind reports the read. */
static void absurd_sizes(void) {
  const size_t sizes[] = {SIZE_MAX, SIZE_MAX / 2 + 1, (size_t)1 << 32};
  scwkms_async_options *given = malloc(sizeof *given);
  CHECK(given != NULL, "no memory");
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    *given = options;
    given->size = sizes[i];
    INVALID(STARTED(given));
  }
  free(given);
}

static void reserved_member(void) {
  const uint32_t values[] = {1, 1u << 31, UINT32_MAX};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    scwkms_async_options given = options;
    given.reserved = values[i];
    INVALID(STARTED(&given));
    refused_with(&given, "newer");
  }
}

/* All asynchronous functions check their options. */
static void every_function(void) {
  const scwkms_key_update update = {.size = sizeof update, .name = "never"};
  scwkms_async_options given = options;
  given.size = 1;
  INVALID(scwkms_public_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_sign_async(client, key, 0, digest, sizeof digest, &given, &operation, error));
  INVALID(scwkms_decrypt_async(client, key, digest, sizeof digest, &given, &operation, error));
  INVALID(scwkms_encrypt_async(client, key, digest, sizeof digest, &given, &operation, error));
  INVALID(scwkms_get_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_create_key_async(client, "never", 0, 0, &given, &operation, error));
  INVALID(scwkms_delete_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_find_keys_async(client, NULL, &given, &operation, error));
  INVALID(scwkms_rotate_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_enable_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_disable_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_protect_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_unprotect_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_restore_key_async(client, key, &given, &operation, error));
  INVALID(scwkms_verify_async(client, key, 0, digest, sizeof digest, digest, sizeof digest, &given, &operation, error));
  INVALID(scwkms_verify_by_service_async(client, key, 0, digest, sizeof digest, digest, sizeof digest, &given, &operation, error));
  INVALID(scwkms_encrypt_with_associated_data_async(client, key, digest, sizeof digest, NULL, 0, &given, &operation, error));
  INVALID(scwkms_decrypt_with_associated_data_async(client, key, digest, sizeof digest, NULL, 0, &given, &operation, error));
  INVALID(scwkms_generate_data_key_async(client, key, true, &given, &operation, error));
  INVALID(scwkms_wrap_async(client, key, digest, sizeof digest, NULL, 0, &given, &operation, error));
  INVALID(scwkms_unwrap_async(client, key, digest, sizeof digest, NULL, 0, &given, &operation, error));
  INVALID(scwkms_update_key_async(client, key, &update, &given, &operation, error));
  INVALID(scwkms_list_rotations_async(client, key, &given, &operation, error));
  INVALID(scwkms_list_algorithms_async(client, NULL, &given, &operation, error));
  INVALID(scwkms_import_key_material_async(client, key, digest, sizeof digest, NULL, 0, &given, &operation, error));
  INVALID(scwkms_delete_key_material_async(client, key, -1, &given, &operation, error));
  INVALID(scwkms_get_import_parameters_async(client, key, 1, &given, &operation, error));
}

static long elapsed_ms(const struct timespec *begun) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long)(now.tv_sec - begun->tv_sec) * 1000 + (now.tv_nsec - begun->tv_nsec) / 1000000;
}

/* Ends with SCWKMS_ERROR_TIMEOUT before `limit_ms`. It may end some time before its deadline, when another attempt would
 * not fit. */
static void times_out(uint32_t timeout_ms, long deadline_ms, long limit_ms) {
  struct timespec begun;
  scwkms_buffer signature = {0};
  scwkms_operation started = 0;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  const scwkms_async_options given = {.size = sizeof given, .timeout_ms = timeout_ms};
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, &given, &started, NULL) == SCWKMS_OK, "not started");
  int32_t code = scwkms_wait(started, &signature, NULL);
  long taken = elapsed_ms(&begun);
  CHECK(code == SCWKMS_ERROR_TIMEOUT && signature.data == NULL, "timeout_ms %u: %d", (unsigned)timeout_ms, (int)code);
  CHECK(taken > deadline_ms / 2 && taken < limit_ms, "timeout_ms %u: %ld ms", (unsigned)timeout_ms, taken);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  CHECK(scwkms_timeout_ms(client) == TIMEOUT_MS, "%u ms", (unsigned)scwkms_timeout_ms(client));
  sizes();
  members_of_a_newer_header();
  absurd_sizes();
  reserved_member();
  every_function();
  write_line("ready");
  expect_line("start");
  times_out(SHORT_MS, SHORT_MS, TIMEOUT_MS / 2);
  times_out(0, TIMEOUT_MS, 60000);
  times_out(UINT32_MAX, TIMEOUT_MS, 60000);
  scwkms_free(client);
  CHECK(unexpected_calls == 0, "%d callbacks without an operation", unexpected_calls);
  return check_result();
}
