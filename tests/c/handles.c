/*
 * Clients that are none: zero, made up, freed, freed twice, and one whose place another client took.
 *
 *   handles KEY
 */
#include <scwkms.h>

#include <stdlib.h>

#include "misuse.h"

static const uint8_t bytes[32] = {1};

static void refused_by_all(scwkms_client client, const char *key) {
#define REFUSED_HANDLE(call) REFUSED(SCWKMS_ERROR_INVALID_HANDLE, call)
  REFUSED_HANDLE(scwkms_public_key(client, key, &buffer, &algorithm, error));
  REFUSED_HANDLE(scwkms_sign(client, key, 0, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(scwkms_decrypt(client, key, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(scwkms_encrypt(client, key, bytes, sizeof bytes, &buffer, error));
  REFUSED_HANDLE(scwkms_sign_async(client, key, 0, bytes, sizeof bytes, unexpected, NULL, &request, error));
  REFUSED_HANDLE(scwkms_decrypt_async(client, key, bytes, sizeof bytes, unexpected, NULL, &request, error));
  REFUSED_HANDLE(scwkms_public_key_async(client, key, unexpected, NULL, &request, error));
  /* A client is no request either. */
  REFUSED_HANDLE(scwkms_wait(client, &buffer, error));
  scwkms_cancel(client);
  REFUSED_HANDLE(scwkms_create_key(client, "name", 0, 0, &key_out, error));
  REFUSED_HANDLE(scwkms_delete_key(client, key, error));
  REFUSED_HANDLE(scwkms_find_keys(client, NULL, &list, error));
  REFUSED_HANDLE(scwkms_get_key(client, key, &key_out, error));
}

static bool works(scwkms_client client, const char *key) {
  scwkms_buffer spki = {0};
  bool works = scwkms_public_key(client, key, &spki, NULL, NULL) == SCWKMS_OK;
  scwkms_buffer_free(&spki);
  return works;
}

int main(int argc, char **argv) {
  const char *uri = getenv("SCWKMS_URI");
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  const char *key = argv[1];
  refused_by_all(0, key); /* before any client was opened */
  refused_by_all(1, key);

  scwkms_client client = scwkms_open(uri, NULL), other = scwkms_open(uri, NULL);
  CHECK(client != 0 && other != 0 && client != other, "two clients");
  CHECK(works(client, key) && works(other, key), "clients that were opened");

  /* Every number that differs from a client's in one bit. */
  for (int bit = 0; bit < 64; bit++) {
    scwkms_client near = client ^ (scwkms_client)1 << bit;
    if (near != other) {
      REFUSED(SCWKMS_ERROR_INVALID_HANDLE, scwkms_get_key(near, key, &key_out, error));
      scwkms_free(near);
    }
  }
  const scwkms_client made_up[] = {2, UINT32_MAX, UINT64_MAX, (scwkms_client)(uintptr_t)&buffer};
  for (size_t i = 0; i < sizeof made_up / sizeof made_up[0]; i++) {
    refused_by_all(made_up[i], key);
    scwkms_free(made_up[i]);
  }
  CHECK(works(client, key) && works(other, key), "freeing made-up numbers harms nobody");

  scwkms_free(client);
  refused_by_all(client, key);
  scwkms_free(client);
  scwkms_free(client);
  CHECK(works(other, key), "freeing twice harms nobody");

  scwkms_client next = scwkms_open(uri, NULL);
  CHECK(next != 0 && next != client, "a number was used again");
  refused_by_all(client, key);
  scwkms_free(client);
  CHECK(works(next, key), "a stale number reached its successor");
  scwkms_free(next);
  scwkms_free(other);
  CHECK(unexpected_calls == 0, "%d callbacks without a request", unexpected_calls);
  return check_result();
}
