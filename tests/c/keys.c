/*
 * The life of a key: created, found, described, kept from deletion, deleted.
 *
 *   keys MANY    MANY keys, more than a page of the service's answers, have the tag "page"
 */
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"

static scwkms_client client;

/* Creates a key, and checks all that can be known of it beforehand. Its id is copied out. */
static void create(const char *name, uint32_t algorithm, const char *plain_name, const char *algorithm_name,
                   const char *usage, bool is_protected, char id[64]) {
  scwkms_error error = {0};
  scwkms_key key = {0};
  int32_t code = scwkms_create_key(client, name, algorithm, SCWKMS_PROTECTION_LEVEL_UNSPECIFIED, &key, &error);
  CHECK(code == SCWKMS_OK, "%s: %s", name, error.message);
  id[0] = '\0';
  if (code == SCWKMS_OK) {
    const char *number_name = scwkms_algorithm_name(key.algorithm);
    char uri[128];
    snprintf(id, 64, "%s", key.id);
    snprintf(uri, sizeof uri, "scwkms:key-id=%s;region=%s", key.id, key.region);
    CHECK(strlen(key.id) == 36, "%s", key.id);
    CHECK(strcmp(key.uri, uri) == 0, "%s, not %s", key.uri, uri);
    CHECK(strcmp(key.name, plain_name) == 0, "%s", key.name);
    CHECK(strcmp(key.algorithm_name, algorithm_name) == 0, "%s", key.algorithm_name);
    CHECK(number_name != NULL && strcmp(number_name, algorithm_name) == 0, "%u", (unsigned)key.algorithm);
    CHECK(strcmp(key.usage, usage) == 0, "%s", key.usage);
    CHECK(strcmp(key.state, "enabled") == 0, "%s", key.state);
    CHECK(strcmp(key.protection_level, "software") == 0, "%s", key.protection_level);
    CHECK(strlen(key.project_id) == 36, "%s", key.project_id);
    CHECK(strlen(key.created_at) >= 20 && key.created_at[10] == 'T', "%s", key.created_at);
    CHECK(key.is_protected == is_protected, "%d", key.is_protected);
    CHECK(!key.is_locked, "locked");
    CHECK(scwkms_validate_name(key.uri, NULL) == SCWKMS_OK, "%s", key.uri);
  }
  CHECK(error.code == SCWKMS_OK && error.message == NULL, "a success wrote to the error");
  scwkms_key_free(&key);
  scwkms_error_free(&error);
}

/* How many keys a query finds; each must be whole. */
static size_t found(const char *query, const char *first_name) {
  scwkms_error error = {0};
  scwkms_key_list list = {0};
  int32_t code = scwkms_find_keys(client, query, &list, &error);
  CHECK(code == SCWKMS_OK, "%s: %s", query, error.message);
  for (size_t i = 0; i < list.len; i++) {
    CHECK(list.keys[i].id != NULL && list.keys[i].name != NULL && list.keys[i].created_at != NULL, "key %zu", i);
    CHECK(i == 0 || strcmp(list.keys[i - 1].name, list.keys[i].name) <= 0, "%s before %s", list.keys[i - 1].name,
          list.keys[i].name);
  }
  if (first_name != NULL && list.len > 0) {
    CHECK(strcmp(list.keys[0].name, first_name) == 0, "%s", list.keys[0].name);
  }
  size_t count = list.len;
  scwkms_key_list_free(&list);
  CHECK(list.keys == NULL && list.len == 0, "not zeroed");
  scwkms_error_free(&error);
  return count;
}

/* Expects a refusal with `code` whose text holds `part`. */
#define REFUSED(expected, part, call)                                                                                  \
  do {                                                                                                                 \
    scwkms_error refusal = {0};                                                                                        \
    int32_t code = (call);                                                                                             \
    CHECK(code == (expected) && refusal.code == (expected), "%d: %s", (int)code, refusal.message);                     \
    CHECK(refusal.message != NULL && strstr(refusal.message, part) != NULL, "%s", refusal.message);                    \
    scwkms_error_free(&refusal);                                                                                       \
  } while (false)

static void refuse_creations(void) {
  scwkms_key key = {0};
  REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, "ec_p384_sha384",
          scwkms_create_key(client, "scwkms:name=two;algorithm=rsa_oaep_3072_sha256", SCWKMS_ALGORITHM_EC_P384_SHA384,
                            0, &key, &refusal));
  REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, "empty", scwkms_create_key(client, "", 0, 0, &key, &refusal));
  REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, "99", scwkms_create_key(client, "one", 99, 0, &key, &refusal));
  REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, "3", scwkms_create_key(client, "one", 0, 3, &key, &refusal));
  CHECK(key.id == NULL, "a refusal wrote a key");
  CHECK(found("scwkms:name=two", NULL) + found("scwkms:name=one", NULL) == 0, "a refused key exists");
}

static void delete_keys(const char *kept, const char *removed) {
  scwkms_error error = {0};
  scwkms_key key = {0};
  REFUSED(SCWKMS_ERROR_KEY_STATE, "unprotected first", scwkms_delete_key(client, kept, &refusal));
  REFUSED(SCWKMS_ERROR_KEY_STATE, kept, scwkms_delete_key(client, kept, &refusal));
  CHECK(found("scwkms:name=kept", "kept") == 1, "the protected key is gone");

  CHECK(scwkms_delete_key(client, removed, &error) == SCWKMS_OK, "%s", error.message);
  CHECK(found("scwkms:name=removed", NULL) == 0, "a deleted key is found");
  CHECK(scwkms_get_key(client, removed, &key, &error) == SCWKMS_OK, "%s", error.message);
  CHECK(key.state != NULL && strcmp(key.state, "scheduled_for_deletion") == 0, "%s", key.state ? key.state : "NULL");
  scwkms_key_free(&key);
  scwkms_error_free(&error);

  scwkms_buffer out = {0};
  const uint8_t digest[48] = {0};
  REFUSED(SCWKMS_ERROR_KEY_STATE, removed, scwkms_sign(client, removed, 0, digest, sizeof digest, &out, &refusal));
  CHECK(out.data == NULL, "a deleted key signed");
}

int main(int argc, char **argv) {
  char kept[64], removed[64], box[64], other[64];
  scwkms_error error = {0};
  if (argc != 2) {
    fprintf(stderr, "usage: %s MANY\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), &error);
  CHECK(client != 0, "%s", error.message);

  create("kept", 0, "kept", "ec_p256_sha256", "asymmetric_signing", true, kept);
  create("scwkms:name=removed;unprotected=true;tags=c,test", SCWKMS_ALGORITHM_EC_P384_SHA384, "removed",
         "ec_p384_sha384", "asymmetric_signing", false, removed);
  create("scwkms:name=mail%20box;algorithm=rsa_oaep_2048_sha256;unprotected=true", 0, "mail box",
         "rsa_oaep_2048_sha256", "asymmetric_encryption", false, box);
  create("scwkms:name=mail;unprotected=true", SCWKMS_ALGORITHM_AES_256_GCM, "mail", "aes_256_gcm",
         "symmetric_encryption", false, other);

  CHECK(found("scwkms:name=mail", "mail") == 1, "a name is matched exactly");
  CHECK(found("scwkms:name=mail%20box;usage=asymmetric_encryption", "mail box") == 1, "name and usage");
  CHECK(found("scwkms:name=mail;usage=asymmetric_signing", NULL) == 0, "another usage");
  CHECK(found("scwkms:tags=c,test", "removed") == 1, "tags");
  CHECK(found("scwkms:algorithm=ec_p384_sha384;tags=c", "removed") == 1, "algorithm and tag");
  CHECK(found("scwkms:region=nl-ams", NULL) == 0, "another region");
  size_t many = (size_t)strtoul(argv[1], NULL, 10);
  CHECK(found("scwkms:tags=page", NULL) == many, "not all pages");
  CHECK(found(NULL, NULL) == many + 4 && found("", NULL) == many + 4, "not all keys");

  refuse_creations();
  delete_keys(kept, removed);
  scwkms_error_free(&error);
  scwkms_free(client);
  return check_result();
}
