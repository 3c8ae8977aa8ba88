/*
 * A program that is compiled with a newer header, in which each struct with a size has the member `added`.
 *
 *   newer_structs URI KEY ADDED SYMMETRIC_KEY    prints "CODE <tab> MESSAGE" for an update of the key and for a cache
 */
#include <scwkms.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../c/check.h"

static int events;

/* The present library does not know the new member. */
static void observe(void *context, const scwkms_event *event) {
  CHECK(context == &events && event->size == offsetof(scwkms_event, added), "%zu bytes", event->size);
  CHECK(strcmp(event->operation, "update_key") == 0 || event->kind != SCWKMS_EVENT_OPERATION, "%s", event->operation);
  events++;
}

static void print_result(int32_t code, scwkms_error *error) {
  printf("%d\t%s\n", (int)code, scwkms_error_message(error));
  scwkms_error_free(error);
}

static void update(scwkms_client client, const char *key, uint64_t added) {
  const scwkms_key_update changes = {.size = sizeof changes, .description = "newer", .added = added};
  scwkms_key *info = NULL;
  scwkms_error *error = NULL;
  int32_t code = scwkms_update_key(client, key, &changes, &info, &error);
  print_result(code, error);
  CHECK(info == NULL || strcmp(scwkms_key_description(info), "newer") == 0, "%s", scwkms_key_description(info));
  scwkms_key_free(info);
}

static void cache(scwkms_client client, uint64_t added) {
  const scwkms_data_key_limits limits = {.size = sizeof limits, .max_messages = 1, .added = added};
  scwkms_data_key_cache *made = NULL;
  scwkms_error *error = NULL;
  int32_t code = scwkms_data_key_cache_new(client, &limits, &made, &error);
  print_result(code, error);
  scwkms_data_key_cache_free(made);
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: %s URI KEY ADDED SYMMETRIC_KEY\n", argv[0]);
    return 2;
  }
  uint64_t added = strtoull(argv[3], NULL, 10);
  CHECK(scwkms_set_observer(observe, &events, NULL) == SCWKMS_OK, "no observer");
  scwkms_client client = scwkms_open(argv[1], NULL);
  update(client, argv[4], added);
  cache(client, added);
  scwkms_set_observer(NULL, NULL, NULL);
  scwkms_free(client);
  CHECK(added != 0 || events > 0, "no event");
  return check_result();
}
