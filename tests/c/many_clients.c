/*
 * Clients are opened and freed many times. The number of a freed client never refers to another one.
 *
 *   many_clients COUNT
 */
#include <scwkms.h>

#include <stdlib.h>

#include "check.h"

static int ascending(const void *left, const void *right) {
  const scwkms_client *a = left, *b = right;
  return (*a > *b) - (*a < *b);
}

static scwkms_client open_client(void) {
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0 && scwkms_timeout_ms(client) != 0, "no client");
  return client;
}

static void expect_unique(scwkms_client *clients, size_t count) {
  qsort(clients, count, sizeof *clients, ascending);
  for (size_t i = 1; i < count; i++) {
    CHECK(clients[i] != clients[i - 1], "two clients had the number %llu", (unsigned long long)clients[i]);
  }
}

int main(int argc, char **argv) {
  size_t count = argc == 2 ? (size_t)strtoul(argv[1], NULL, 10) : 0;
  scwkms_client *clients = calloc(count, sizeof *clients);
  if (argc != 2 || clients == NULL) {
    fprintf(stderr, "usage: %s COUNT\n", argv[0]);
    return 2;
  }
  scwkms_client first = open_client();
  scwkms_free(first);
  for (size_t i = 0; i < count; i++) {
    clients[i] = open_client();
    if (scwkms_timeout_ms(first) != 0) {
      CHECK(false, "the number of the first client, which was freed, refers to client %zu", i);
      break;
    }
    scwkms_free(clients[i]);
  }
  expect_unique(clients, count);
  free(clients);
  return check_result();
}
