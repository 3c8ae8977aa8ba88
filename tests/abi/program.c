/*
 * A program that is compiled with a saved header. It uses the library by every kind of call, struct and number.
 *
 *   program URI KEY    prints "DIGEST SIGNATURE" in hexadecimal, for a blocking call and for an asynchronous one
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include "../c/callback.h"
#include "../c/lines.h"

static scwkms_client client;

static void print_signature(const uint8_t *digest, scwkms_buffer *signature) {
  print_hex(digest, 32, ' ');
  print_hex(signature->data, signature->len, '\n');
  scwkms_buffer_free(signature);
  CHECK(signature->data == NULL && signature->len == 0, "not zeroed");
}

static void sign(const char *key) {
  const uint8_t digest[32] = {41};
  scwkms_buffer signature = {0};
  int32_t code = scwkms_sign(client, key, SCWKMS_ALGORITHM_EC_P256_SHA256, digest, sizeof digest, &signature, NULL);
  CHECK(code == SCWKMS_OK, "%d", (int)code);
  print_signature(digest, &signature);
}

static void sign_async(const char *key) {
  const uint8_t digest[32] = {42};
  scwkms_buffer signature = {0};
  scwkms_operation operation = 0;
  call_record record = {0};
  const scwkms_async_options options = {
      .size = sizeof options, .callback = record_call, .context = &record, .timeout_ms = 10000};
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, &options, &operation, NULL) == SCWKMS_OK,
        "not started");
  CHECK(scwkms_wait(operation, &signature, NULL) == SCWKMS_OK, "no signature");
  CHECK(call_count(&record) == 1 && record.operation == operation, "%d calls", call_count(&record));
  print_signature(digest, &signature);
}

static void read_keys(const char *key) {
  scwkms_key *info = NULL;
  scwkms_key_list *list = NULL;
  size_t length = 0;
  CHECK(scwkms_get_key(client, key, &info, NULL) == SCWKMS_OK, "no key");
  CHECK(strcmp(scwkms_key_id(info), key) == 0, "%s", scwkms_key_id(info));
  CHECK(strcmp(scwkms_key_name(info), "abi") == 0, "%s", scwkms_key_name(info));
  CHECK(scwkms_key_algorithm(info) == SCWKMS_ALGORITHM_EC_P256_SHA256, "%u", (unsigned)scwkms_key_algorithm(info));
  CHECK(scwkms_key_rotation_count(info) == 1 && !scwkms_key_is_locked(info), "rotated or locked");
  CHECK(scwkms_key_tag_count(info) == 1 && strcmp(scwkms_key_tag(info, 0), "tag") == 0, "tags");
  CHECK(scwkms_key_public_key(info, &length) != NULL && length == 91, "%zu bytes", length);
  CHECK(scwkms_find_keys(client, "scwkms:name=abi", &list, NULL) == SCWKMS_OK, "no list");
  CHECK(scwkms_key_list_len(list) == 1, "%zu keys", scwkms_key_list_len(list));
  CHECK(strcmp(scwkms_key_id(scwkms_key_list_get(list, 0)), key) == 0, "another key");
  scwkms_key_free(info);
  scwkms_key_list_free(list);
}

static void fail(void) {
  scwkms_error *error = NULL;
  scwkms_key *info = NULL;
  int32_t code = scwkms_get_key(client, "00000000-0000-4000-8000-000000000000", &info, &error);
  CHECK(code == SCWKMS_ERROR_NOT_FOUND && scwkms_error_code(error) == code, "%d", (int)code);
  CHECK(scwkms_error_http_status(error) == 404 && scwkms_error_message(error)[0] != '\0', "no message");
  scwkms_error_free(error);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s URI KEY\n", argv[0]);
    return 2;
  }
  CHECK(scwkms_abi_version() == SCWKMS_ABI_VERSION, "library %u, header %u", (unsigned)scwkms_abi_version(),
        (unsigned)SCWKMS_ABI_VERSION);
  client = scwkms_open(argv[1], NULL);
  sign(argv[2]);
  sign_async(argv[2]);
  read_keys(argv[2]);
  fail();
  scwkms_free(client);
  return check_result();
}
