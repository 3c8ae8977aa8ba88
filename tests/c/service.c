/*
 * The operations on keys of all kinds, each blocking and asynchronous, with and without the optional outputs. The results
 * are printed, each as a line of a name and values in hexadecimal; the runner checks them with the service.
 *
 *   service SIGNING_KEY SYMMETRIC_KEY ML_KEM_KEY EXTERNAL_KEY SIGNATURE    the signature, in hexadecimal, is one of a
 *                                                                          digest of 32 bytes that are 1
 */
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lines.h"
#include "wait_kinds.h"

static const uint8_t secret[] = "attack at dawn", context[] = "context";
static scwkms_client client;
static scwkms_operation operation;

static bool is_secret(const scwkms_buffer *buffer) {
  return buffer->len == sizeof secret && memcmp(buffer->data, secret, sizeof secret) == 0;
}

static bool is_equal(const scwkms_buffer *one, const scwkms_buffer *other) {
  return one->len == other->len && memcmp(one->data, other->data, one->len) == 0;
}

static void print_pair(const char *name, scwkms_buffer *first, scwkms_buffer *second) {
  printf("%s ", name);
  print_hex(first->data, first->len, ' ');
  print_hex(second->data, second->len, '\n');
  scwkms_buffer_free(first);
  scwkms_buffer_free(second);
}

static void verify(const char *key, const char *signature_hex) {
  uint8_t digest[32], signature[128];
  size_t length = 0;
  memset(digest, 1, sizeof digest);
  for (unsigned byte; length < sizeof signature && sscanf(signature_hex + 2 * length, "%2x", &byte) == 1;) {
    signature[length++] = (uint8_t)byte;
  }
  for (int valid = 1; valid >= 0; valid--) {
    digest[31] = (uint8_t)valid;
    int32_t expected = valid ? SCWKMS_OK : SCWKMS_ERROR_INTEGRITY;
    CHECK(scwkms_verify(client, key, 0, digest, 32, signature, length, NULL) == expected, "%d", valid);
    CHECK(scwkms_verify_by_service(client, key, 0, digest, 32, signature, length, NULL) == expected, "%d", valid);
    OK(scwkms_verify_async(client, key, 0, digest, 32, signature, length, NULL, &operation, &error));
    refuses_other_kinds(operation, DONE);
    CHECK(scwkms_wait_done(operation, NULL) == expected, "%d", valid);
    OK(scwkms_verify_by_service_async(client, key, 0, digest, 32, signature, length, NULL, &operation, &error));
    CHECK(scwkms_wait_done(operation, NULL) == expected, "%d", valid);
  }
}

static void encrypt(const char *key, scwkms_buffer *first, scwkms_buffer *second) {
  OK(scwkms_encrypt_with_associated_data(client, key, secret, sizeof secret, context, sizeof context, first, &error));
  OK(scwkms_encrypt_with_associated_data_async(client, key, secret, sizeof secret, context, sizeof context, NULL,
                                               &operation, &error));
  OK(scwkms_wait(operation, second, &error));
}

/* Decrypts in both forms, and without the optional output. */
static void decrypt(const char *key, const scwkms_buffer *text, bool is_rotated) {
  scwkms_buffer plaintexts[4] = {{0}}, reencrypted[2] = {{0}};
  OK(scwkms_decrypt_with_associated_data(client, key, text->data, text->len, context, sizeof context, &plaintexts[0],
                                         &reencrypted[0], &error));
  OK(scwkms_decrypt_with_associated_data(client, key, text->data, text->len, context, sizeof context, &plaintexts[1],
                                         NULL, &error));
  for (size_t i = 2; i < 4; i++) {
    OK(scwkms_decrypt_with_associated_data_async(client, key, text->data, text->len, context, sizeof context, NULL,
                                                 &operation, &error));
    refuses_other_kinds(operation, DECRYPTED);
    OK(scwkms_wait_decrypted(operation, &plaintexts[i], i == 2 ? &reencrypted[1] : NULL, &error));
  }
  for (size_t i = 0; i < 4; i++) {
    CHECK(is_secret(&plaintexts[i]), "plaintext %zu has %zu bytes", i, plaintexts[i].len);
    scwkms_buffer_free(&plaintexts[i]);
  }
  for (size_t i = 0; i < 2; i++) {
    CHECK(reencrypted[i].data != NULL && (reencrypted[i].len > 0) == is_rotated, "%zu bytes", reencrypted[i].len);
  }
  print_pair("reencrypted", &reencrypted[0], &reencrypted[1]);
}

static void associated_data(const char *key) {
  scwkms_buffer first = {0}, second = {0}, none = {0};
  encrypt(key, &first, &second);
  decrypt(key, &first, false);
  CHECK(scwkms_decrypt_with_associated_data(client, key, first.data, first.len, NULL, 0, &none, &none, NULL) ==
            SCWKMS_ERROR_INVALID_ARGUMENT,
        "without associated data");
  CHECK(none.data == NULL, "an output was written");
  scwkms_key *info = NULL;
  OK(scwkms_rotate_key(client, key, &info, &error));
  CHECK(scwkms_key_rotation_count(info) == 2, "%u", (unsigned)scwkms_key_rotation_count(info));
  scwkms_key_free(info);
  decrypt(key, &second, true);
  print_pair("ciphertext", &first, &second);
  /* (NULL, 0) is no associated data. */
  OK(scwkms_encrypt_with_associated_data(client, key, secret, sizeof secret, NULL, 0, &first, &error));
  OK(scwkms_decrypt(client, key, first.data, first.len, &second, &error));
  CHECK(is_secret(&second), "another plaintext");
  scwkms_buffer_free(&first);
  scwkms_buffer_free(&second);
}

/* The runner checks that the service was asked for two of the four data keys. */
static void data_keys(const char *key) {
  for (int with_plaintext = 1; with_plaintext >= 0; with_plaintext--) {
    scwkms_buffer plaintext = {0}, ciphertext = {0};
    OK(scwkms_generate_data_key(client, key, with_plaintext ? &plaintext : NULL, &ciphertext, &error));
    print_pair("data-key", &plaintext, &ciphertext);
    OK(scwkms_generate_data_key_async(client, key, with_plaintext, NULL, &operation, &error));
    refuses_other_kinds(operation, DATA_KEY);
    OK(scwkms_wait_data_key(operation, &plaintext, &ciphertext, &error));
    CHECK(plaintext.data != NULL && plaintext.len == (with_plaintext ? 32 : 0), "%zu bytes", plaintext.len);
    print_pair("data-key", &plaintext, &ciphertext);
  }
  scwkms_buffer ciphertext = {0};
  OK(scwkms_generate_data_key_async(client, key, true, NULL, &operation, &error));
  OK(scwkms_wait_data_key(operation, NULL, &ciphertext, &error));
  CHECK(ciphertext.len > 32, "%zu bytes", ciphertext.len);
  scwkms_buffer_free(&ciphertext);
}

static void wrapping(const char *key) {
  scwkms_buffer first = {0}, second = {0}, plaintext = {0}, later = {0};
  OK(scwkms_wrap(client, key, secret, sizeof secret, context, sizeof context, &first, &error));
  OK(scwkms_wrap_async(client, key, secret, sizeof secret, NULL, 0, NULL, &operation, &error));
  refuses_other_kinds(operation, BUFFER);
  OK(scwkms_wait(operation, &second, &error));
  OK(scwkms_unwrap(client, key, first.data, first.len, context, sizeof context, &plaintext, &error));
  OK(scwkms_unwrap_async(client, key, second.data, second.len, NULL, 0, NULL, &operation, &error));
  OK(scwkms_wait(operation, &later, &error));
  CHECK(is_secret(&plaintext) && is_equal(&plaintext, &later), "another plaintext");
  CHECK(scwkms_unwrap(client, key, first.data, first.len, NULL, 0, &plaintext, NULL) == SCWKMS_ERROR_INVALID_ARGUMENT,
        "without associated data");
  scwkms_buffer_free(&plaintext);
  scwkms_buffer_free(&later);
  print_pair("wrapped", &first, &second);
}

typedef int32_t action(scwkms_client client, const char *key, scwkms_key **info, scwkms_error **error);
typedef int32_t start_action(scwkms_client client, const char *key, const scwkms_async_options *options,
                             scwkms_operation *operation, scwkms_error **error);
static const struct {
  action *run;
  start_action *start;
  const char *state;
  bool is_protected;
} ACTIONS[] = {
    {scwkms_disable_key, scwkms_disable_key_async, "disabled", false},
    {scwkms_enable_key, scwkms_enable_key_async, "enabled", false},
    {scwkms_protect_key, scwkms_protect_key_async, "enabled", true},
    {scwkms_unprotect_key, scwkms_unprotect_key_async, "enabled", false},
    {scwkms_rotate_key, scwkms_rotate_key_async, "enabled", false},
    {scwkms_restore_key, scwkms_restore_key_async, "enabled", false},
};
enum { ACTION_COUNT = sizeof ACTIONS / sizeof ACTIONS[0] };

static void actions(const char *key) {
  for (size_t i = 0; i < 2 * ACTION_COUNT; i++) {
    size_t number = i / 2;
    scwkms_key *info = NULL;
    if (number == ACTION_COUNT - 1) {
      OK(scwkms_delete_key(client, key, &error));
    }
    if (i % 2 == 0) {
      OK(ACTIONS[number].run(client, key, &info, &error));
    } else {
      OK(ACTIONS[number].start(client, key, NULL, &operation, &error));
      refuses_other_kinds(operation, KEY);
      OK(scwkms_wait_key(operation, &info, &error));
    }
    CHECK(strcmp(scwkms_key_id(info), key) == 0, "action %zu: %s", number, scwkms_key_id(info));
    CHECK(strcmp(scwkms_key_state(info), ACTIONS[number].state) == 0, "action %zu: %s", number, scwkms_key_state(info));
    CHECK(scwkms_key_is_protected(info) == ACTIONS[number].is_protected, "action %zu", number);
    scwkms_key_free(info);
  }
}

static void update(const char *key) {
  static const char *const tags[] = {"a", "b c"};
  scwkms_key *info = NULL;
  const scwkms_key_update all = {
      .size = sizeof all, .name = "updated", .description = "a description", .tags = tags, .tag_count = 2,
      .rotation_period = 172800, .next_rotation_at = "2099-01-02T03:04:05Z"};
  OK(scwkms_update_key(client, key, &all, &info, &error));
  CHECK(strcmp(scwkms_key_name(info), "updated") == 0, "%s", scwkms_key_name(info));
  CHECK(strcmp(scwkms_key_description(info), "a description") == 0, "%s", scwkms_key_description(info));
  CHECK(scwkms_key_tag_count(info) == 2 && strcmp(scwkms_key_tag(info, 1), "b c") == 0, "tags");
  CHECK(scwkms_key_rotation_period(info) == 172800, "%llu", (unsigned long long)scwkms_key_rotation_period(info));
  CHECK(strncmp(scwkms_key_next_rotation_at(info), "2099-01-02T03:04:05", 19) == 0, "%s",
        scwkms_key_next_rotation_at(info));
  scwkms_key_free(info);
  /* A later version of the struct, whose further fields are zero. The tags are removed, the name stays. */
  struct {
    scwkms_key_update known;
    uint64_t unknown[2];
  } larger = {.known = {.size = sizeof larger, .description = "", .tags = tags, .tag_count = 0}};
  OK(scwkms_update_key_async(client, key, &larger.known, NULL, &operation, &error));
  OK(scwkms_wait_key(operation, &info, &error));
  CHECK(strcmp(scwkms_key_name(info), "updated") == 0 && scwkms_key_description(info)[0] == '\0', "not removed");
  CHECK(scwkms_key_tag_count(info) == 0 && scwkms_key_rotation_period(info) == 172800, "not removed");
  scwkms_key_free(info);
}

static void rotations(const char *key) {
  scwkms_rotation_list *lists[2] = {NULL, NULL};
  OK(scwkms_list_rotations(client, key, &lists[0], &error));
  OK(scwkms_list_rotations_async(client, key, NULL, &operation, &error));
  refuses_other_kinds(operation, ROTATION_LIST);
  OK(scwkms_wait_rotation_list(operation, &lists[1], &error));
  for (size_t i = 0; i < 2; i++) {
    size_t count = scwkms_rotation_list_len(lists[i]);
    for (size_t r = 0; r < count; r++) {
      printf("rotation %u %s %d %s %s\n", (unsigned)scwkms_rotation_index(lists[i], r),
             scwkms_rotation_status(lists[i], r), scwkms_rotation_is_manual(lists[i], r),
             scwkms_rotation_created_at(lists[i], r), scwkms_rotation_updated_at(lists[i], r));
      CHECK(scwkms_rotation_deleted_at(lists[i], r)[0] == '\0', "deleted");
    }
    CHECK(scwkms_rotation_index(lists[i], count) == 0 && scwkms_rotation_status(lists[i], count)[0] == '\0', "end");
    scwkms_rotation_list_free(lists[i]);
  }
}

static void algorithms(void) {
  scwkms_algorithm_list *lists[2] = {NULL, NULL};
  OK(scwkms_list_algorithms(client, NULL, &lists[0], &error));
  OK(scwkms_list_algorithms_async(client, "scwkms:usage=asymmetric_signing", NULL, &operation, &error));
  refuses_other_kinds(operation, ALGORITHM_LIST);
  OK(scwkms_wait_algorithm_list(operation, &lists[1], &error));
  for (size_t i = 0; i < 2; i++) {
    size_t count = scwkms_algorithm_list_len(lists[i]);
    for (size_t a = 0; a < count; a++) {
      const char *name = scwkms_offered_algorithm_name(lists[i], a);
      const char *by_number = scwkms_algorithm_name(scwkms_offered_algorithm_number(lists[i], a));
      CHECK(by_number != NULL && strcmp(name, by_number) == 0, "%s", name);
      printf("algorithms-%zu %s %s %d\n", i, name, scwkms_offered_algorithm_usage(lists[i], a),
             scwkms_offered_algorithm_is_recommended(lists[i], a));
    }
    CHECK(scwkms_offered_algorithm_name(lists[i], count)[0] == '\0', "end");
    scwkms_algorithm_list_free(lists[i]);
  }
}

static void key_material(const char *key) {
  uint8_t material[32];
  memset(material, 'm', sizeof material);
  scwkms_key *info = NULL;
  scwkms_buffer public_key = {0}, token = {0};
  OK(scwkms_get_import_parameters(client, key, SCWKMS_WRAPPING_RSA_OAEP_3072_SHA256, &public_key, &token, &error));
  print_pair("import-parameters", &public_key, &token);
  OK(scwkms_get_import_parameters_async(client, key, SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_2048_SHA256, NULL, &operation,
                                        &error));
  refuses_other_kinds(operation, IMPORT_PARAMETERS);
  OK(scwkms_wait_import_parameters(operation, &public_key, &token, &error));
  print_pair("import-parameters", &public_key, &token);
  OK(scwkms_import_key_material(client, key, material, sizeof material, NULL, 0, &info, &error));
  CHECK(strcmp(scwkms_key_state(info), "enabled") == 0, "%s", scwkms_key_state(info));
  scwkms_key_free(info);
  OK(scwkms_import_key_material_async(client, key, material, sizeof material, context, sizeof context, NULL, &operation,
                                      &error));
  OK(scwkms_wait_key(operation, &info, &error));
  scwkms_key_free(info);
  OK(scwkms_delete_key_material(client, key, -1, &error));
  OK(scwkms_delete_key_material_async(client, key, 1, NULL, &operation, &error));
  refuses_other_kinds(operation, DONE);
  OK(scwkms_wait_done(operation, &error));
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: %s SIGNING_KEY SYMMETRIC_KEY ML_KEM_KEY EXTERNAL_KEY SIGNATURE\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  verify(argv[1], argv[5]);
  associated_data(argv[2]);
  data_keys(argv[2]);
  wrapping(argv[3]);
  actions(argv[2]);
  update(argv[2]);
  rotations(argv[2]);
  algorithms();
  key_material(argv[4]);
  scwkms_free(client);
  return check_result();
}
