/*
 * The life of a key: created, found, described, protected from deletion, deleted.
 *
 *   keys MANY    MANY keys, more than a page of the service's responses, have the tag "page"
 */
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"

static scwkms_client client;

/* The expected properties of a new key. */
typedef struct properties {
  const char *name, *algorithm_name, *usage, *description, *tags; /* the tags with a comma after each */
  bool is_protected;
} properties;

static void check_algorithm(const scwkms_key *key, const char *expected) {
  const char *by_number = scwkms_algorithm_name(scwkms_key_algorithm(key));
  CHECK(strcmp(scwkms_key_algorithm_name(key), expected) == 0, "%s", scwkms_key_algorithm_name(key));
  CHECK(by_number != NULL && strcmp(by_number, expected) == 0, "%u", (unsigned)scwkms_key_algorithm(key));
}

static void check_identity(const scwkms_key *key) {
  char uri[128];
  snprintf(uri, sizeof uri, "scwkms:key-id=%s;region=%s", scwkms_key_id(key), scwkms_key_region(key));
  CHECK(strlen(scwkms_key_id(key)) == 36, "%s", scwkms_key_id(key));
  CHECK(strcmp(scwkms_key_uri(key), uri) == 0, "%s, not %s", scwkms_key_uri(key), uri);
  CHECK(scwkms_validate_name(scwkms_key_uri(key), NULL) == SCWKMS_OK, "%s", scwkms_key_uri(key));
  CHECK(strlen(scwkms_key_project_id(key)) == 36, "%s", scwkms_key_project_id(key));
}

static void check_tags(const scwkms_key *key, const char *expected) {
  char tags[128] = "";
  for (size_t i = 0; i < scwkms_key_tag_count(key); i++) {
    size_t used = strlen(tags);
    snprintf(tags + used, sizeof tags - used, "%s,", scwkms_key_tag(key, i));
  }
  CHECK(strcmp(tags, expected) == 0, "%s, not %s", tags, expected);
}

static bool is_time(const char *text) { return strlen(text) >= 20 && text[10] == 'T'; }

static void check_new_key(const scwkms_key *key, const properties *expected) {
  check_identity(key);
  check_algorithm(key, expected->algorithm_name);
  check_tags(key, expected->tags);
  CHECK(strcmp(scwkms_key_name(key), expected->name) == 0, "%s", scwkms_key_name(key));
  CHECK(strcmp(scwkms_key_description(key), expected->description) == 0, "%s", scwkms_key_description(key));
  CHECK(strcmp(scwkms_key_usage(key), expected->usage) == 0, "%s", scwkms_key_usage(key));
  CHECK(strcmp(scwkms_key_state(key), "enabled") == 0, "%s", scwkms_key_state(key));
  CHECK(strcmp(scwkms_key_origin(key), "scaleway_kms") == 0, "%s", scwkms_key_origin(key));
  CHECK(strcmp(scwkms_key_protection_level(key), "software") == 0, "%s", scwkms_key_protection_level(key));
  CHECK(is_time(scwkms_key_created_at(key)), "%s", scwkms_key_created_at(key));
  CHECK(is_time(scwkms_key_updated_at(key)), "%s", scwkms_key_updated_at(key));
  CHECK(strcmp(scwkms_key_deletion_requested_at(key), "") == 0, "%s", scwkms_key_deletion_requested_at(key));
  CHECK(scwkms_key_is_protected(key) == expected->is_protected, "%d", scwkms_key_is_protected(key));
  CHECK(!scwkms_key_is_locked(key), "locked");
}

/* Creates a key, checks its properties, and copies its id. */
static void create(const char *name, uint32_t algorithm, const properties *expected, char id[64]) {
  scwkms_error *error = NULL;
  scwkms_key *key = NULL;
  int32_t code = scwkms_create_key(client, name, algorithm, SCWKMS_PROTECTION_LEVEL_UNSPECIFIED, &key, &error);
  CHECK(code == SCWKMS_OK && error == NULL, "%s: %s", name, scwkms_error_message(error));
  snprintf(id, 64, "%s", scwkms_key_id(key));
  if (code == SCWKMS_OK) {
    check_new_key(key, expected);
  }
  scwkms_key_free(key);
  scwkms_error_free(error);
}

static void check_found(const scwkms_key_list *list, size_t number) {
  const scwkms_key *key = scwkms_key_list_get(list, number);
  check_identity(key);
  CHECK(scwkms_key_name(key)[0] != '\0' && is_time(scwkms_key_created_at(key)), "key %zu", number);
  if (number > 0) {
    const char *previous = scwkms_key_name(scwkms_key_list_get(list, number - 1));
    CHECK(strcmp(previous, scwkms_key_name(key)) <= 0, "%s before %s", previous, scwkms_key_name(key));
  }
}

/* The number of keys that a query finds. */
static size_t found(const char *query, const char *first_name) {
  scwkms_error *error = NULL;
  scwkms_key_list *list = NULL;
  int32_t code = scwkms_find_keys(client, query, &list, &error);
  CHECK(code == SCWKMS_OK, "%s: %s", query, scwkms_error_message(error));
  size_t count = scwkms_key_list_len(list);
  for (size_t i = 0; i < count; i++) {
    check_found(list, i);
  }
  if (first_name != NULL && count > 0) {
    const char *name = scwkms_key_name(scwkms_key_list_get(list, 0));
    CHECK(strcmp(name, first_name) == 0, "%s", name);
  }
  scwkms_key_list_free(list);
  scwkms_error_free(error);
  return count;
}

/* Expects an error with `code` whose message contains `part`. */
#define REFUSED(expected, part, call)                                                              \
  do {                                                                                             \
    scwkms_error *refusal = NULL;                                                                  \
    int32_t code = (call);                                                                         \
    CHECK(code == (expected) && scwkms_error_code(refusal) == code, "%d", (int)code);              \
    CHECK(strstr(scwkms_error_message(refusal), part) != NULL, "%s", scwkms_error_message(refusal)); \
    scwkms_error_free(refusal);                                                                    \
  } while (false)

static void refuse_creations(void) {
  scwkms_key *key = NULL;
  REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, "ec_p384_sha384",
          scwkms_create_key(client, "scwkms:name=two;algorithm=rsa_oaep_3072_sha256", SCWKMS_ALGORITHM_EC_P384_SHA384,
                            0, &key, &refusal));
  REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, "empty", scwkms_create_key(client, "", 0, 0, &key, &refusal));
  REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, "99", scwkms_create_key(client, "one", 99, 0, &key, &refusal));
  REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, "3", scwkms_create_key(client, "one", 0, 3, &key, &refusal));
  CHECK(key == NULL, "a refused call wrote a key");
  CHECK(found("scwkms:name=two", NULL) + found("scwkms:name=one", NULL) == 0, "a refused key exists");
}

static void delete_keys(const char *kept, const char *removed) {
  scwkms_error *error = NULL;
  scwkms_key *key = NULL;
  REFUSED(SCWKMS_ERROR_KEY_STATE, "unprotected first", scwkms_delete_key(client, kept, &refusal));
  REFUSED(SCWKMS_ERROR_KEY_STATE, kept, scwkms_delete_key(client, kept, &refusal));
  CHECK(found("scwkms:name=kept", "kept") == 1, "the protected key is gone");

  CHECK(scwkms_delete_key(client, removed, &error) == SCWKMS_OK, "%s", scwkms_error_message(error));
  CHECK(found("scwkms:name=removed", NULL) == 0, "a deleted key is found");
  CHECK(scwkms_get_key(client, removed, &key, &error) == SCWKMS_OK, "%s", scwkms_error_message(error));
  CHECK(strcmp(scwkms_key_state(key), "scheduled_for_deletion") == 0, "%s", scwkms_key_state(key));
  CHECK(is_time(scwkms_key_deletion_requested_at(key)), "%s", scwkms_key_deletion_requested_at(key));
  scwkms_key_free(key);
  scwkms_error_free(error);

  scwkms_buffer out = {0};
  const uint8_t digest[48] = {0};
  REFUSED(SCWKMS_ERROR_KEY_STATE, removed, scwkms_sign(client, removed, 0, digest, sizeof digest, &out, &refusal));
  CHECK(out.data == NULL, "a deleted key signed");
}

static void find_keys(size_t many, size_t others) {
  CHECK(found("scwkms:name=mail", "mail") == 1, "a name is matched exactly");
  CHECK(found("scwkms:name=mail%20box;usage=asymmetric_encryption", "mail box") == 1, "name and usage");
  CHECK(found("scwkms:name=mail;usage=asymmetric_signing", NULL) == 0, "another usage");
  CHECK(found("scwkms:tags=c,test", "removed") == 1, "tags");
  CHECK(found("scwkms:algorithm=ec_p384_sha384;tags=c", "removed") == 1, "algorithm and tag");
  CHECK(found("scwkms:region=nl-ams", NULL) == 0, "another region");
  CHECK(found("scwkms:tags=page", NULL) == many, "not all pages");
  CHECK(found(NULL, NULL) == many + others && found("", NULL) == many + others, "not all keys");
}

int main(int argc, char **argv) {
  char kept[64], removed[64], id[64];
  if (argc != 2) {
    fprintf(stderr, "usage: %s MANY\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  create("kept", 0, &(properties){"kept", "ec_p256_sha256", "asymmetric_signing", "", "", true}, kept);
  create("scwkms:name=removed;unprotected=true;tags=c,test;description=for%20a%20test", SCWKMS_ALGORITHM_EC_P384_SHA384,
         &(properties){"removed", "ec_p384_sha384", "asymmetric_signing", "for a test", "c,test,", false}, removed);
  create("scwkms:name=mail%20box;algorithm=rsa_oaep_2048_sha256;unprotected=true", 0,
         &(properties){"mail box", "rsa_oaep_2048_sha256", "asymmetric_encryption", "", "", false}, id);
  create("scwkms:name=mail;unprotected=true", SCWKMS_ALGORITHM_AES_256_GCM,
         &(properties){"mail", "aes_256_gcm", "symmetric_encryption", "", "", false}, id);
  find_keys((size_t)strtoul(argv[1], NULL, 10), 4);
  refuse_creations();
  delete_keys(kept, removed);
  scwkms_free(client);
  return check_result();
}
