/*
 * The accessors of errors, keys and lists: for NULL, for an index beyond the end, and for objects of each kind.
 *
 *   accessors KEY QUERY    prints the fields of KEY, and those of the one key that QUERY finds: a line
 *                          "NAME <tab> VALUE" for each field, and an empty line after each key; the runner compares them
 */
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"

/* The accessors that return a text. */
typedef const char *text_accessor(const scwkms_key *key);
static const struct {
  const char *name;
  text_accessor *of;
} TEXTS[] = {
    {"uri", scwkms_key_uri},
    {"id", scwkms_key_id},
    {"region", scwkms_key_region},
    {"project_id", scwkms_key_project_id},
    {"name", scwkms_key_name},
    {"description", scwkms_key_description},
    {"usage", scwkms_key_usage},
    {"algorithm_name", scwkms_key_algorithm_name},
    {"state", scwkms_key_state},
    {"origin", scwkms_key_origin},
    {"protection_level", scwkms_key_protection_level},
    {"created_at", scwkms_key_created_at},
    {"updated_at", scwkms_key_updated_at},
    {"rotated_at", scwkms_key_rotated_at},
    {"next_rotation_at", scwkms_key_next_rotation_at},
    {"deletion_requested_at", scwkms_key_deletion_requested_at},
};
enum { TEXT_COUNT = sizeof TEXTS / sizeof TEXTS[0] };

static void of_null(void) {
  size_t length = 77;
  for (size_t i = 0; i < TEXT_COUNT; i++) {
    const char *text = TEXTS[i].of(NULL);
    CHECK(text != NULL && text[0] == '\0', "%s", TEXTS[i].name);
  }
  CHECK(scwkms_key_algorithm(NULL) == 0, "algorithm");
  CHECK(scwkms_key_rotation_count(NULL) == 0 && scwkms_key_rotation_period(NULL) == 0, "rotation count or period");
  CHECK(!scwkms_key_is_protected(NULL) && !scwkms_key_is_locked(NULL), "protected or locked");
  CHECK(scwkms_key_tag_count(NULL) == 0 && scwkms_key_tag(NULL, 0) == NULL, "tags");
  CHECK(scwkms_key_public_key(NULL, &length) == NULL && length == 0, "public key of %zu bytes", length);
  CHECK(scwkms_key_public_key(NULL, NULL) == NULL, "public key");
  CHECK(scwkms_key_list_len(NULL) == 0 && scwkms_key_list_get(NULL, 0) == NULL, "list");
  CHECK(scwkms_rotation_list_len(NULL) == 0 && scwkms_rotation_index(NULL, 0) == 0, "rotations");
  CHECK(scwkms_rotation_status(NULL, 0)[0] == '\0' && !scwkms_rotation_is_manual(NULL, 0), "rotations");
  CHECK(scwkms_rotation_created_at(NULL, 0)[0] == '\0' && scwkms_rotation_updated_at(NULL, 0)[0] == '\0', "rotations");
  CHECK(scwkms_rotation_deleted_at(NULL, 0)[0] == '\0', "rotations");
  CHECK(scwkms_algorithm_list_len(NULL) == 0 && scwkms_offered_algorithm_number(NULL, 0) == 0, "algorithms");
  CHECK(scwkms_offered_algorithm_name(NULL, 0)[0] == '\0', "algorithms");
  CHECK(scwkms_offered_algorithm_usage(NULL, 0)[0] == '\0', "algorithms");
  CHECK(!scwkms_offered_algorithm_is_recommended(NULL, 0), "algorithms");
  scwkms_rotation_list_free(NULL);
  scwkms_algorithm_list_free(NULL);
  CHECK(scwkms_error_code(NULL) == SCWKMS_OK && scwkms_error_http_status(NULL) == 0, "error");
  CHECK(strcmp(scwkms_error_message(NULL), "") == 0 && strcmp(scwkms_error_request_id(NULL), "") == 0, "error's texts");
}

static void of_errors(scwkms_client client) {
  scwkms_error *error = NULL;
  scwkms_key *key = NULL;
  CHECK(scwkms_validate_name("", &error) == SCWKMS_ERROR_INVALID_ARGUMENT, "a valid name");
  CHECK(scwkms_error_code(error) == SCWKMS_ERROR_INVALID_ARGUMENT && scwkms_error_http_status(error) == 0, "local");
  CHECK(scwkms_error_message(error)[0] != '\0' && scwkms_error_request_id(error)[0] == '\0', "texts of a local error");
  scwkms_error_free(error);
  error = NULL;
  int32_t code = scwkms_get_key(client, "00000000-0000-4000-8000-000000000000", &key, &error);
  CHECK(code == SCWKMS_ERROR_NOT_FOUND && key == NULL, "%d", (int)code);
  CHECK(scwkms_error_code(error) == SCWKMS_ERROR_NOT_FOUND && scwkms_error_http_status(error) == 404, "remote");
  CHECK(strlen(scwkms_error_request_id(error)) == 36, "%s", scwkms_error_request_id(error));
  CHECK(strstr(scwkms_error_message(error), "00000000") != NULL, "%s", scwkms_error_message(error));
  scwkms_error_free(error);
}

static void beyond_the_end(const scwkms_key *key, const scwkms_key_list *list) {
  size_t tags = scwkms_key_tag_count(key), keys = scwkms_key_list_len(list);
  CHECK(tags > 0 && scwkms_key_tag(key, tags - 1) != NULL, "no tags");
  CHECK(scwkms_key_tag(key, tags) == NULL && scwkms_key_tag(key, SIZE_MAX) == NULL, "a tag beyond the last");
  CHECK(keys > 0 && scwkms_key_list_get(list, keys - 1) != NULL, "no keys");
  CHECK(scwkms_key_list_get(list, keys) == NULL && scwkms_key_list_get(list, SIZE_MAX) == NULL,
        "a key beyond the last");
  CHECK(scwkms_key_public_key(key, NULL) == scwkms_key_public_key(key, &tags), "the length may be NULL");
}

static void print_key(const scwkms_key *key) {
  size_t length = 0;
  for (size_t i = 0; i < TEXT_COUNT; i++) {
    printf("%s\t%s\n", TEXTS[i].name, TEXTS[i].of(key));
  }
  printf("algorithm\t%u\n", (unsigned)scwkms_key_algorithm(key));
  printf("rotation_count\t%llu\n", (unsigned long long)scwkms_key_rotation_count(key));
  printf("protected\t%d\nlocked\t%d\n", scwkms_key_is_protected(key), scwkms_key_is_locked(key));
  for (size_t i = 0; i < scwkms_key_tag_count(key); i++) {
    printf("tag\t%s\n", scwkms_key_tag(key, i));
  }
  const uint8_t *spki = scwkms_key_public_key(key, &length);
  printf("public_key\t");
  for (size_t i = 0; spki != NULL && i < length; i++) {
    printf("%02x", spki[i]);
  }
  printf("\n\n");
  CHECK((spki == NULL) == (length == 0), "%zu bytes", length);
}

int main(int argc, char **argv) {
  scwkms_error *error = NULL;
  scwkms_key *key = NULL;
  scwkms_key_list *list = NULL;
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY QUERY\n", argv[0]);
    return 2;
  }
  of_null();
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  of_errors(client);
  CHECK(scwkms_get_key(client, argv[1], &key, &error) == SCWKMS_OK, "%s", scwkms_error_message(error));
  CHECK(scwkms_find_keys(client, argv[2], &list, &error) == SCWKMS_OK, "%s", scwkms_error_message(error));
  /* The objects do not depend on the client. */
  scwkms_free(client);
  beyond_the_end(key, list);
  CHECK(scwkms_key_list_len(list) == 1, "%zu keys", scwkms_key_list_len(list));
  print_key(key);
  print_key(scwkms_key_list_get(list, 0));
  scwkms_key_free(key);
  scwkms_key_list_free(list);
  return check_result();
}
