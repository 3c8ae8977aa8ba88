/*
 * Numbers that are not a client's or not an operation's: zero, made up, freed, freed twice, of the other kind.
 *
 *   handles KEY
 */
#include <scwkms.h>

#include <stdlib.h>

#include "refused.h"

enum { MANY = 60 };

static const uint8_t bytes[32] = {1};
static const scwkms_key_update update = {.size = sizeof update, .name = "never"};
static const uint64_t LIMIT = (uint64_t)1 << 53; /* a double represents smaller integers exactly */

#define REFUSED_HANDLE(call) REFUSED(SCWKMS_ERROR_INVALID_HANDLE, call)

static void blocking_calls_are_refused(scwkms_client client, const char *key) {
  REFUSED_HANDLE(scwkms_public_key(client, key, &buffer, &algorithm, error));
  REFUSED_HANDLE(scwkms_sign(client, key, 0, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(scwkms_decrypt(client, key, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(scwkms_encrypt(client, key, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(scwkms_get_key(client, key, &key_out, error));
  REFUSED_HANDLE(scwkms_create_key(client, "name", 0, 0, &key_out, error));
  REFUSED_HANDLE(scwkms_delete_key(client, key, error));
  REFUSED_HANDLE(scwkms_find_keys(client, NULL, &list, error));
}

static void asynchronous_calls_are_refused(scwkms_client client, const char *key) {
  REFUSED_HANDLE(scwkms_public_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_sign_async(client, key, 0, bytes, sizeof bytes, &options, &operation, error));
  REFUSED_HANDLE(scwkms_decrypt_async(client, key, bytes, sizeof bytes, &options, &operation, error));
  REFUSED_HANDLE(scwkms_encrypt_async(client, key, bytes, sizeof bytes, NULL, &operation, error));
  REFUSED_HANDLE(scwkms_get_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_create_key_async(client, "name", 0, 0, &options, &operation, error));
  REFUSED_HANDLE(scwkms_delete_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_find_keys_async(client, NULL, &options, &operation, error));
}

static void further_calls_are_refused(scwkms_client client, const char *key) {
  REFUSED_HANDLE(scwkms_rotate_key(client, key, &key_out, error));
  REFUSED_HANDLE(scwkms_enable_key(client, key, &key_out, error));
  REFUSED_HANDLE(scwkms_disable_key(client, key, &key_out, error));
  REFUSED_HANDLE(scwkms_protect_key(client, key, &key_out, error));
  REFUSED_HANDLE(scwkms_unprotect_key(client, key, &key_out, error));
  REFUSED_HANDLE(scwkms_restore_key(client, key, &key_out, error));
  REFUSED_HANDLE(scwkms_verify(client, key, 0, bytes, sizeof bytes, bytes, sizeof bytes, error));
  REFUSED_HANDLE(scwkms_verify_by_service(client, key, 0, bytes, sizeof bytes, bytes, sizeof bytes, error));
  REFUSED_HANDLE(scwkms_encrypt_with_associated_data(client, key, bytes, sizeof bytes, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(
      scwkms_decrypt_with_associated_data(client, key, bytes, sizeof bytes, bytes, sizeof bytes, &buffer, &second_buffer, error));
  REFUSED_HANDLE(scwkms_generate_data_key(client, key, &buffer, &second_buffer, error));
  REFUSED_HANDLE(scwkms_wrap(client, key, bytes, sizeof bytes, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(scwkms_unwrap(client, key, bytes, sizeof bytes, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(scwkms_update_key(client, key, &update, &key_out, error));
  REFUSED_HANDLE(scwkms_list_rotations(client, key, &rotations, error));
  REFUSED_HANDLE(scwkms_list_algorithms(client, NULL, &algorithms, error));
  REFUSED_HANDLE(scwkms_import_key_material(client, key, bytes, sizeof bytes, NULL, 0, &key_out, error));
  REFUSED_HANDLE(scwkms_delete_key_material(client, key, -1, error));
  REFUSED_HANDLE(scwkms_get_import_parameters(client, key, 1, &buffer, &second_buffer, error));
}

static void further_asynchronous_calls_are_refused(scwkms_client client, const char *key) {
  REFUSED_HANDLE(scwkms_rotate_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_enable_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_disable_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_protect_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_unprotect_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_restore_key_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_verify_async(client, key, 0, bytes, sizeof bytes, bytes, sizeof bytes, &options, &operation, error));
  REFUSED_HANDLE(
      scwkms_verify_by_service_async(client, key, 0, bytes, sizeof bytes, bytes, sizeof bytes, &options, &operation, error));
  REFUSED_HANDLE(
      scwkms_encrypt_with_associated_data_async(client, key, bytes, sizeof bytes, bytes, sizeof bytes, &options, &operation, error));
  REFUSED_HANDLE(
      scwkms_decrypt_with_associated_data_async(client, key, bytes, sizeof bytes, bytes, sizeof bytes, &options, &operation, error));
  REFUSED_HANDLE(scwkms_generate_data_key_async(client, key, true, &options, &operation, error));
  REFUSED_HANDLE(scwkms_wrap_async(client, key, bytes, sizeof bytes, bytes, sizeof bytes, &options, &operation, error));
  REFUSED_HANDLE(scwkms_unwrap_async(client, key, bytes, sizeof bytes, bytes, sizeof bytes, &options, &operation, error));
  REFUSED_HANDLE(scwkms_update_key_async(client, key, &update, &options, &operation, error));
  REFUSED_HANDLE(scwkms_list_rotations_async(client, key, &options, &operation, error));
  REFUSED_HANDLE(scwkms_list_algorithms_async(client, NULL, &options, &operation, error));
  REFUSED_HANDLE(scwkms_import_key_material_async(client, key, bytes, sizeof bytes, NULL, 0, &options, &operation, error));
  REFUSED_HANDLE(scwkms_delete_key_material_async(client, key, -1, &options, &operation, error));
  REFUSED_HANDLE(scwkms_get_import_parameters_async(client, key, 1, &options, &operation, error));
}

/* The functions that few programs use. */
static void further_functions_refuse(uint64_t number, const char *key) {
  further_calls_are_refused(number, key);
  further_asynchronous_calls_are_refused(number, key);
  REFUSED_HANDLE(scwkms_wait_decrypted(number, &buffer, &second_buffer, error));
  REFUSED_HANDLE(scwkms_wait_data_key(number, &buffer, &second_buffer, error));
  REFUSED_HANDLE(scwkms_wait_import_parameters(number, &buffer, &second_buffer, error));
  REFUSED_HANDLE(scwkms_wait_rotation_list(number, &rotations, error));
  REFUSED_HANDLE(scwkms_wait_algorithm_list(number, &algorithms, error));
  REFUSED_HANDLE(scwkms_wait_ready(number, 60000, error));
  CHECK(!scwkms_is_ready(number), "the number is ready");
}

static void is_no_client(scwkms_client client, const char *key) {
  blocking_calls_are_refused(client, key);
  asynchronous_calls_are_refused(client, key);
  CHECK(scwkms_timeout_ms(client) == 0, "a timeout");
}

static void is_no_operation(scwkms_operation number) {
  REFUSED_HANDLE(scwkms_wait(number, &buffer, error));
  REFUSED_HANDLE(scwkms_wait_public_key(number, &buffer, &algorithm, error));
  REFUSED_HANDLE(scwkms_wait_key(number, &key_out, error));
  REFUSED_HANDLE(scwkms_wait_key_list(number, &list, error));
  REFUSED_HANDLE(scwkms_wait_done(number, error));
  scwkms_cancel(number);
}

static void is_nothing(uint64_t number, const char *key) {
  is_no_client(number, key);
  is_no_operation(number);
  scwkms_close(number);
  scwkms_free(number);
}

static bool works(scwkms_client client, const char *key) {
  scwkms_buffer spki = {0};
  bool works = scwkms_public_key(client, key, &spki, NULL, NULL) == SCWKMS_OK;
  scwkms_buffer_free(&spki);
  return works;
}

static scwkms_operation start(scwkms_client client, const char *key) {
  scwkms_operation started = 0;
  CHECK(scwkms_public_key_async(client, key, NULL, &started, NULL) == SCWKMS_OK, "not started");
  return started;
}

static bool completes(scwkms_operation number) {
  scwkms_buffer spki = {0};
  bool completes = scwkms_wait_public_key(number, &spki, NULL, NULL) == SCWKMS_OK;
  scwkms_buffer_free(&spki);
  return completes;
}

static void made_up(scwkms_client client, scwkms_client other, const char *key) {
  /* Every number that differs from a client's in one bit. */
  for (int bit = 0; bit < 64; bit++) {
    scwkms_client near = client ^ (scwkms_client)1 << bit;
    if (near != other) {
      REFUSED(SCWKMS_ERROR_INVALID_HANDLE, scwkms_get_key(near, key, &key_out, error));
      is_no_operation(near);
      scwkms_close(near);
      scwkms_free(near);
    }
  }
  const uint64_t numbers[] = {1, 2, UINT32_MAX, LIMIT - 1, LIMIT, UINT64_MAX, (uint64_t)(uintptr_t)&buffer};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    is_nothing(numbers[i], key);
  }
}

/* An operation's number is no client's, and a client's is no operation's. */
static void of_the_other_kind(scwkms_client client, const char *key) {
  scwkms_operation started = start(client, key);
  is_no_client(started, key);
  scwkms_close(started);
  scwkms_free(started);
  is_no_operation(client);
  CHECK(completes(started), "closing or freeing an operation's number ended the operation");
  CHECK(works(client, key), "cancelling a client's number stopped the client");
  is_nothing(started, key); /* its result was taken */
}

static bool is_new(const uint64_t *numbers, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (numbers[i] == numbers[count]) {
      return false;
    }
  }
  return numbers[count] != 0 && numbers[count] < LIMIT;
}

/* Clients are freed and operations end, and their numbers are not used again. */
static void numbers_are_used_once(scwkms_client client, const char *key) {
  static uint64_t numbers[2 * MANY];
  for (size_t i = 0; i < 2 * MANY; i++) {
    bool opens = i % 2 == 0;
    numbers[i] = opens ? scwkms_open(getenv("SCWKMS_URI"), NULL) : start(client, key);
    CHECK(is_new(numbers, i), "number %zu is %llu", i, (unsigned long long)numbers[i]);
    if (opens) {
      scwkms_free(numbers[i]);
    } else {
      CHECK(completes(numbers[i]), "operation %zu", i);
    }
  }
}

int main(int argc, char **argv) {
  const char *uri = getenv("SCWKMS_URI");
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  const char *key = argv[1];
  is_nothing(0, key); /* before any client was opened */
  is_nothing(1, key);
  further_functions_refuse(0, key);

  scwkms_client client = scwkms_open(uri, NULL), other = scwkms_open(uri, NULL);
  CHECK(client != 0 && other != 0 && client != other, "two clients");
  CHECK(works(client, key) && works(other, key), "clients that were opened");
  made_up(client, other, key);
  CHECK(works(client, key) && works(other, key), "freeing a made-up number freed a client");
  of_the_other_kind(client, key);

  scwkms_free(client);
  is_nothing(client, key);
  scwkms_free(client);
  CHECK(works(other, key), "freeing a client twice freed another");
  numbers_are_used_once(other, key);
  is_nothing(client, key);
  further_functions_refuse(client, key);
  scwkms_free(other);
  CHECK(unexpected_calls == 0, "%d callbacks without an operation", unexpected_calls);
  return check_result();
}
