/*
 * Signs at a host name whose addresses change. This program replaces the system's name lookup.
 *
 *   addresses KEY     reads lines of addresses; each line replaces the addresses of localhost. Prints for each line:
 *                     DIGEST SIGNATURE in hexadecimal, and the number of lookups so far
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

enum { MAX_ADDRESSES = 4 };

typedef struct found {
  struct addrinfo info;
  struct sockaddr_in address;
} found;

static char addresses[MAX_ADDRESSES][INET_ADDRSTRLEN];
static size_t known;
static atomic_int lookups;

/* Replaces the system's function. It is not called while the addresses change. */
int getaddrinfo(const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict result) {
  (void)service, (void)hints;
  if (node == NULL || strcmp(node, "localhost") != 0 || known == 0) {
    return EAI_NONAME;
  }
  atomic_fetch_add(&lookups, 1);
  found *list = calloc(known, sizeof *list);
  for (size_t i = 0; i < known; i++) {
    list[i].address.sin_family = AF_INET;
    inet_pton(AF_INET, addresses[i], &list[i].address.sin_addr);
    list[i].info = (struct addrinfo){
        .ai_family = AF_INET,
        .ai_socktype = SOCK_STREAM,
        .ai_addrlen = sizeof list[i].address,
        .ai_addr = (struct sockaddr *)&list[i].address,
        .ai_next = i + 1 < known ? &list[i + 1].info : NULL,
    };
  }
  *result = &list[0].info;
  return 0;
}

void freeaddrinfo(struct addrinfo *result) { free(result); }

static void sign(scwkms_client client, const char *key, uint8_t number) {
  const uint8_t digest[32] = {number};
  scwkms_buffer signature = {0};
  scwkms_error *error = NULL;
  int32_t code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, &error);
  CHECK(code == SCWKMS_OK, "%d: %s", (int)code, scwkms_error_message(error));
  print_hex(digest, sizeof digest, ' ');
  print_hex(signature.data, signature.len, ' ');
  printf("%d\n", atomic_load(&lookups));
  fflush(stdout);
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
}

int main(int argc, char **argv) {
  char line[256];
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  for (uint8_t number = 0; fgets(line, sizeof line, stdin) != NULL; number++) {
    known = 0;
    for (char *word = strtok(line, " \n"); word != NULL && known < MAX_ADDRESSES; word = strtok(NULL, " \n")) {
      snprintf(addresses[known++], INET_ADDRSTRLEN, "%s", word);
    }
    sign(client, argv[1], number);
  }
  scwkms_free(client);
  return check_result();
}
