/*
 * A program that is compiled with a saved header. It uses the library by every kind of call, struct and number.
 *
 *   program URI KEY SYMMETRIC_KEY    prints "DIGEST SIGNATURE" in hexadecimal, for a blocking call and for an asynchronous one
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdatomic.h>

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

/* Counts the events of operations that succeeded. */
static atomic_int successes;

static void observe(void *context, const scwkms_event *event) {
  bool complete = event->size >= sizeof *event && event->message != NULL && context == &successes;
  CHECK(complete, "%zu bytes", event->size);
  if (event->kind == SCWKMS_EVENT_OPERATION && event->code == SCWKMS_OK && event->requests > 0) {
    atomic_fetch_add(&successes, 1);
  }
}

static void update(const char *key) {
  scwkms_key *info = NULL;
  const char *const tags[] = {"first", "second"};
  const scwkms_key_update changes = {
      .size = sizeof changes, .description = "updated", .tags = tags, .tag_count = 2, .rotation_period = 86400};
  CHECK(scwkms_set_observer(observe, &successes, NULL) == SCWKMS_OK, "no observer");
  CHECK(scwkms_update_key(client, key, &changes, &info, NULL) == SCWKMS_OK, "not updated");
  CHECK(scwkms_set_observer(NULL, NULL, NULL) == SCWKMS_OK && atomic_load(&successes) == 1, "no event");
  CHECK(strcmp(scwkms_key_description(info), "updated") == 0 && scwkms_key_tag_count(info) == 2, "not changed");
  CHECK(scwkms_key_rotation_period(info) == 86400, "%llu s", (unsigned long long)scwkms_key_rotation_period(info));
  scwkms_key_free(info);
}

/* Encrypts and decrypts a message with a cache, which requires one request for both directions. */
static void encrypt(const char *key) {
  const uint8_t text[4] = {1, 2, 3, 4};
  uint8_t bytes[SCWKMS_ENVELOPE_MAX_HEADER_LEN];
  const scwkms_data_key_limits limits = {.size = sizeof limits, .max_age_ms = 60000, .max_messages = 1, .max_bytes = 4};
  scwkms_data_key_cache *cache = NULL;
  scwkms_encryptor *encryptor = NULL;
  scwkms_decryptor *decryptor = NULL;
  scwkms_buffer part = {0}, end = {0}, plaintext = {0};
  CHECK(scwkms_data_key_cache_new(client, &limits, &cache, NULL) == SCWKMS_OK, "no cache");
  CHECK(scwkms_encryptor_new(client, key, NULL, 0, cache, &encryptor, NULL) == SCWKMS_OK, "no encryptor");
  CHECK(scwkms_encryptor_update(encryptor, text, sizeof text, &part, NULL) == SCWKMS_OK, "no part");
  CHECK(scwkms_encryptor_finish(encryptor, &end, NULL) == SCWKMS_OK && part.len + end.len <= sizeof bytes, "no end");
  memcpy(bytes, part.data, part.len);
  memcpy(bytes + part.len, end.data, end.len);
  CHECK(scwkms_decryptor_new(client, NULL, NULL, 0, cache, bytes, part.len + end.len, &decryptor, NULL) == SCWKMS_OK,
        "no decryptor");
  CHECK(scwkms_decryptor_finish(decryptor, &plaintext, NULL) == SCWKMS_OK, "no plaintext");
  CHECK(plaintext.len == sizeof text && memcmp(plaintext.data, text, sizeof text) == 0, "another plaintext");
  scwkms_buffer_free(&part);
  scwkms_buffer_free(&end);
  scwkms_buffer_free(&plaintext);
  scwkms_encryptor_free(encryptor);
  scwkms_decryptor_free(decryptor);
  scwkms_data_key_cache_free(cache);
}

static void read_lists(const char *key) {
  scwkms_operation operation = 0;
  scwkms_rotation_list *rotations = NULL;
  scwkms_algorithm_list *algorithms = NULL;
  CHECK(scwkms_list_rotations_async(client, key, NULL, &operation, NULL) == SCWKMS_OK, "not started");
  CHECK(scwkms_wait_ready(operation, 10000, NULL) == SCWKMS_OK && scwkms_is_ready(operation), "not ready");
  CHECK(scwkms_wait_rotation_list(operation, &rotations, NULL) == SCWKMS_OK, "no rotations");
  CHECK(scwkms_rotation_list_len(rotations) == 1 && scwkms_rotation_index(rotations, 0) == 1, "rotations");
  CHECK(scwkms_list_algorithms(client, NULL, &algorithms, NULL) == SCWKMS_OK, "no algorithms");
  CHECK(scwkms_algorithm_list_len(algorithms) >= SCWKMS_ALGORITHM_EC_SECP256K1_SHA256, "algorithms");
  scwkms_rotation_list_free(rotations);
  scwkms_algorithm_list_free(algorithms);
}

static void sign_message(const char *key) {
  const uint8_t message[3] = {45};
  scwkms_buffer signature = {0};
  CHECK(scwkms_sign_message(client, key, 0, message, sizeof message, &signature, NULL) == SCWKMS_OK, "not signed");
  CHECK(scwkms_verify_message(client, key, 0, message, sizeof message, signature.data, signature.len, NULL) == SCWKMS_OK,
        "invalid");
  scwkms_buffer_free(&signature);
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
  if (argc != 4) {
    fprintf(stderr, "usage: %s URI KEY SYMMETRIC_KEY\n", argv[0]);
    return 2;
  }
  CHECK(scwkms_abi_version() == SCWKMS_ABI_VERSION, "library %u, header %u", (unsigned)scwkms_abi_version(),
        (unsigned)SCWKMS_ABI_VERSION);
  client = scwkms_open(argv[1], NULL);
  sign(argv[2]);
  sign_async(argv[2]);
  read_keys(argv[2]);
  update(argv[3]);
  encrypt(argv[3]);
  read_lists(argv[3]);
  sign_message(argv[2]);
  fail();
  scwkms_free(client);
  return check_result();
}
