/*
 * Wrong arguments of the operations that few programs use: each mistake is an error, never a crash, and no output is written.
 *
 *   misuse_service SIGNING_KEY SYMMETRIC_KEY ML_KEM_KEY    the runner checks that no request for an operation was sent
 */
#include <scwkms.h>

#include <stdlib.h>

#include "refused.h"

#define BYTES bytes, sizeof bytes
#define STARTED &options, &operation, error

static const uint8_t bytes[32] = {1};
static const char not_utf8[] = "\xff\xfe";
static const scwkms_key_update update = {.size = sizeof update, .name = "never"};
static scwkms_client client;
static const char *signing, *symmetric, *ml_kem;

typedef int32_t action(scwkms_client client, const char *key, scwkms_key **info, scwkms_error **error);
static action *const ACTIONS[] = {scwkms_rotate_key,  scwkms_enable_key,    scwkms_disable_key,
                                  scwkms_protect_key, scwkms_unprotect_key, scwkms_restore_key};
typedef int32_t start_action(scwkms_client client, const char *key, const scwkms_async_options *options,
                             scwkms_operation *operation, scwkms_error **error);
static start_action *const START_ACTIONS[] = {scwkms_rotate_key_async,  scwkms_enable_key_async,
                                              scwkms_disable_key_async, scwkms_protect_key_async,
                                              scwkms_unprotect_key_async, scwkms_restore_key_async};
enum { ACTION_COUNT = sizeof ACTIONS / sizeof ACTIONS[0] };

/* Texts that are not a key reference: NULL, not UTF-8, malformed. */
static void key_references(const char *text) {
  INVALID(scwkms_verify(client, text, 0, BYTES, BYTES, error));
  INVALID(scwkms_verify_by_service(client, text, 0, BYTES, BYTES, error));
  INVALID(scwkms_encrypt_with_associated_data(client, text, BYTES, BYTES, &buffer, error));
  INVALID(scwkms_decrypt_with_associated_data(client, text, BYTES, BYTES, &buffer, &second_buffer, error));
  INVALID(scwkms_generate_data_key(client, text, &buffer, &second_buffer, error));
  INVALID(scwkms_wrap(client, text, BYTES, BYTES, &buffer, error));
  INVALID(scwkms_unwrap(client, text, BYTES, BYTES, &buffer, error));
  INVALID(scwkms_update_key(client, text, &update, &key_out, error));
  INVALID(scwkms_list_rotations(client, text, &rotations, error));
  INVALID(scwkms_import_key_material(client, text, BYTES, NULL, 0, &key_out, error));
  INVALID(scwkms_delete_key_material(client, text, -1, error));
  INVALID(scwkms_get_import_parameters(client, text, 1, &buffer, &second_buffer, error));
  for (size_t i = 0; i < ACTION_COUNT; i++) {
    INVALID(ACTIONS[i](client, text, &key_out, error));
  }
}

static void key_references_of_asynchronous_calls(const char *text) {
  INVALID(scwkms_verify_async(client, text, 0, BYTES, BYTES, STARTED));
  INVALID(scwkms_verify_by_service_async(client, text, 0, BYTES, BYTES, STARTED));
  INVALID(scwkms_encrypt_with_associated_data_async(client, text, BYTES, BYTES, STARTED));
  INVALID(scwkms_decrypt_with_associated_data_async(client, text, BYTES, BYTES, STARTED));
  INVALID(scwkms_generate_data_key_async(client, text, true, STARTED));
  INVALID(scwkms_wrap_async(client, text, BYTES, BYTES, STARTED));
  INVALID(scwkms_unwrap_async(client, text, BYTES, BYTES, STARTED));
  INVALID(scwkms_update_key_async(client, text, &update, STARTED));
  INVALID(scwkms_list_rotations_async(client, text, STARTED));
  INVALID(scwkms_import_key_material_async(client, text, BYTES, NULL, 0, STARTED));
  INVALID(scwkms_delete_key_material_async(client, text, -1, STARTED));
  INVALID(scwkms_get_import_parameters_async(client, text, 1, STARTED));
  for (size_t i = 0; i < ACTION_COUNT; i++) {
    INVALID(START_ACTIONS[i](client, text, STARTED));
  }
}

static void null_outputs(void) {
  INVALID(scwkms_encrypt_with_associated_data(client, symmetric, BYTES, BYTES, NULL, error));
  INVALID(scwkms_decrypt_with_associated_data(client, symmetric, BYTES, BYTES, NULL, &second_buffer, error));
  INVALID(scwkms_generate_data_key(client, symmetric, &buffer, NULL, error));
  INVALID(scwkms_wrap(client, ml_kem, BYTES, BYTES, NULL, error));
  INVALID(scwkms_unwrap(client, ml_kem, BYTES, BYTES, NULL, error));
  INVALID(scwkms_update_key(client, symmetric, &update, NULL, error));
  INVALID(scwkms_list_rotations(client, symmetric, NULL, error));
  INVALID(scwkms_list_algorithms(client, NULL, NULL, error));
  INVALID(scwkms_import_key_material(client, symmetric, BYTES, NULL, 0, NULL, error));
  INVALID(scwkms_get_import_parameters(client, symmetric, 1, NULL, &second_buffer, error));
  INVALID(scwkms_get_import_parameters(client, symmetric, 1, &buffer, NULL, error));
  INVALID(scwkms_wait_decrypted(1, NULL, &second_buffer, error));
  INVALID(scwkms_wait_data_key(1, &buffer, NULL, error));
  INVALID(scwkms_wait_import_parameters(1, NULL, &second_buffer, error));
  INVALID(scwkms_wait_import_parameters(1, &buffer, NULL, error));
  INVALID(scwkms_wait_rotation_list(1, NULL, error));
  INVALID(scwkms_wait_algorithm_list(1, NULL, error));
  for (size_t i = 0; i < ACTION_COUNT; i++) {
    INVALID(ACTIONS[i](client, symmetric, NULL, error));
  }
}

static void null_operations(void) {
  const scwkms_async_options *given = &options;
  INVALID(scwkms_verify_async(client, signing, 0, BYTES, BYTES, given, NULL, error));
  INVALID(scwkms_verify_by_service_async(client, signing, 0, BYTES, BYTES, given, NULL, error));
  INVALID(scwkms_encrypt_with_associated_data_async(client, symmetric, BYTES, BYTES, given, NULL, error));
  INVALID(scwkms_decrypt_with_associated_data_async(client, symmetric, BYTES, BYTES, given, NULL, error));
  INVALID(scwkms_generate_data_key_async(client, symmetric, true, given, NULL, error));
  INVALID(scwkms_wrap_async(client, ml_kem, BYTES, BYTES, given, NULL, error));
  INVALID(scwkms_unwrap_async(client, ml_kem, BYTES, BYTES, given, NULL, error));
  INVALID(scwkms_update_key_async(client, symmetric, &update, given, NULL, error));
  INVALID(scwkms_list_rotations_async(client, symmetric, given, NULL, error));
  INVALID(scwkms_list_algorithms_async(client, NULL, given, NULL, error));
  INVALID(scwkms_import_key_material_async(client, symmetric, BYTES, NULL, 0, given, NULL, error));
  INVALID(scwkms_delete_key_material_async(client, symmetric, -1, given, NULL, error));
  INVALID(scwkms_get_import_parameters_async(client, symmetric, 1, given, NULL, error));
  for (size_t i = 0; i < ACTION_COUNT; i++) {
    INVALID(START_ACTIONS[i](client, symmetric, given, NULL, error));
  }
}

/* NULL with a length, and lengths beyond every limit. The library must refuse them before it reads. */
static void slices(const uint8_t *data, size_t length) {
  INVALID(scwkms_verify(client, signing, 0, data, length, BYTES, error));
  INVALID(scwkms_verify(client, signing, 0, BYTES, data, length, error));
  INVALID(scwkms_verify_by_service(client, signing, 0, data, length, BYTES, error));
  INVALID(scwkms_encrypt_with_associated_data(client, symmetric, data, length, BYTES, &buffer, error));
  INVALID(scwkms_encrypt_with_associated_data(client, symmetric, BYTES, data, length, &buffer, error));
  INVALID(scwkms_decrypt_with_associated_data(client, symmetric, data, length, BYTES, &buffer, NULL, error));
  INVALID(scwkms_decrypt_with_associated_data(client, symmetric, BYTES, data, length, &buffer, NULL, error));
  INVALID(scwkms_wrap(client, ml_kem, data, length, BYTES, &buffer, error));
  INVALID(scwkms_wrap(client, ml_kem, BYTES, data, length, &buffer, error));
  INVALID(scwkms_unwrap(client, ml_kem, data, length, BYTES, &buffer, error));
  INVALID(scwkms_import_key_material(client, symmetric, data, length, NULL, 0, &key_out, error));
  INVALID(scwkms_import_key_material(client, symmetric, BYTES, data, length, &key_out, error));
  INVALID(scwkms_verify_async(client, signing, 0, BYTES, data, length, STARTED));
  INVALID(scwkms_wrap_async(client, ml_kem, data, length, BYTES, STARTED));
  INVALID(scwkms_import_key_material_async(client, symmetric, data, length, NULL, 0, STARTED));
}

static void empty_slices(void) {
  INVALID(scwkms_verify(client, signing, 0, NULL, 0, BYTES, error));
  INVALID(scwkms_encrypt_with_associated_data(client, symmetric, NULL, 0, BYTES, &buffer, error));
  INVALID(scwkms_decrypt_with_associated_data(client, symmetric, NULL, 0, BYTES, &buffer, NULL, error));
  INVALID(scwkms_wrap(client, ml_kem, NULL, 0, NULL, 0, &buffer, error));
  INVALID(scwkms_unwrap(client, ml_kem, NULL, 0, NULL, 0, &buffer, error));
  INVALID(scwkms_import_key_material(client, symmetric, NULL, 0, NULL, 0, &key_out, error));
  REFUSED(SCWKMS_ERROR_INTEGRITY, scwkms_verify(client, signing, 0, BYTES, NULL, 0, error));
}

static void numbers(void) {
  static const uint32_t wrong[] = {0, 7, 256 + 1, UINT32_MAX};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    INVALID(scwkms_get_import_parameters(client, symmetric, wrong[i], &buffer, &second_buffer, error));
    INVALID(scwkms_get_import_parameters_async(client, symmetric, wrong[i], STARTED));
  }
  static const int64_t indexes[] = {-2, INT64_MIN, (int64_t)UINT32_MAX + 1, INT64_MAX};
  for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
    INVALID(scwkms_delete_key_material(client, symmetric, indexes[i], error));
    INVALID(scwkms_delete_key_material_async(client, symmetric, indexes[i], STARTED));
  }
  INVALID(scwkms_verify(client, signing, 99, BYTES, BYTES, error));
  INVALID(scwkms_list_algorithms(client, "scwkms:usage=other", &algorithms, error));
  INVALID(scwkms_list_algorithms(client, not_utf8, &algorithms, error));
}

static void refused_update(const scwkms_key_update *given) {
  INVALID(scwkms_update_key(client, symmetric, given, &key_out, error));
  INVALID(scwkms_update_key_async(client, symmetric, given, STARTED));
}

static void updates(void) {
  static const char *const tags[] = {"a", NULL}, *const odd_tags[] = {not_utf8};
  const size_t sizes[] = {0, 1, sizeof(void *), sizeof update - 1, 4097, SIZE_MAX};
  refused_update(NULL);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    scwkms_key_update given = update;
    given.size = sizes[i];
    refused_update(&given);
  }
  const scwkms_key_update given[] = {
      {.size = sizeof update},
      {.size = sizeof update, .name = not_utf8},
      {.size = sizeof update, .description = not_utf8},
      {.size = sizeof update, .tags = tags, .tag_count = 2},
      {.size = sizeof update, .tags = odd_tags, .tag_count = 1},
      {.size = sizeof update, .rotation_period = 86399},
      {.size = sizeof update, .next_rotation_at = "2099-01-02T03:04:05Z"},
      {.size = sizeof update, .rotation_period = 86400, .next_rotation_at = not_utf8},
  };
  for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
    refused_update(&given[i]);
  }
}

/* A field that this version does not know must be zero: in any of its bytes. */
static void updates_of_a_newer_header(void) {
  struct {
    scwkms_key_update known;
    uint8_t unknown[16];
  } larger;
  for (size_t i = 0; i < sizeof larger.unknown; i += 5) {
    memset(&larger, 0, sizeof larger);
    larger.known = (scwkms_key_update){.size = sizeof larger, .name = "never"};
    larger.unknown[i] = 1;
    refused_update(&larger.known);
  }
}

static void keys_of_another_kind(void) {
#define UNSUPPORTED(call) REFUSED(SCWKMS_ERROR_UNSUPPORTED, call)
  UNSUPPORTED(scwkms_verify(client, symmetric, 0, BYTES, BYTES, error));
  UNSUPPORTED(scwkms_verify_by_service(client, ml_kem, 0, BYTES, BYTES, error));
  UNSUPPORTED(scwkms_encrypt_with_associated_data(client, signing, BYTES, BYTES, &buffer, error));
  UNSUPPORTED(scwkms_generate_data_key(client, signing, &buffer, &second_buffer, error));
  UNSUPPORTED(scwkms_wrap(client, symmetric, BYTES, BYTES, &buffer, error));
  UNSUPPORTED(scwkms_unwrap(client, symmetric, BYTES, BYTES, &buffer, error));
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s SIGNING_KEY SYMMETRIC_KEY ML_KEM_KEY\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  signing = argv[1];
  symmetric = argv[2];
  ml_kem = argv[3];
  static const char *const texts[] = {NULL, not_utf8, "", "x", "scwkms:key-id=x"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    key_references(texts[i]);
    key_references_of_asynchronous_calls(texts[i]);
  }
  null_outputs();
  null_operations();
  slices(NULL, 1);
  slices(bytes, SIZE_MAX);
  slices(bytes, SIZE_MAX / 2 + 1);
  empty_slices();
  numbers();
  updates();
  updates_of_a_newer_header();
  keys_of_another_kind();
  scwkms_free(client);
  CHECK(unexpected_calls == 0, "%d callbacks without an operation", unexpected_calls);
  return check_result();
}
