/*
 * Signs by a name whose addresses change. The lookup is this program's own.
 *
 *   addresses KEY     each line of standard input, of addresses, is what the name has from then on; a line is printed
 *                     for each: DIGEST SIGNATURE in hexadecimal, and how often the name was looked up
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { MOST = 4 };

typedef struct found {
  struct addrinfo info;
  struct sockaddr_in address;
} found;

static char addresses[MOST][INET_ADDRSTRLEN];
static size_t known;
static atomic_int lookups;

/* In the place of the system's. It is not called while the addresses are changed. */
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

static void print_hex(const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    printf("%02x", bytes[i]);
  }
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
    for (char *word = strtok(line, " \n"); word != NULL && known < MOST; word = strtok(NULL, " \n")) {
      snprintf(addresses[known++], INET_ADDRSTRLEN, "%s", word);
    }
    const uint8_t digest[32] = {number};
    scwkms_buffer signature = {0};
    scwkms_error error = {0};
    int32_t code = scwkms_sign(client, argv[1], 0, digest, sizeof digest, &signature, &error);
    CHECK(code == SCWKMS_OK, "%d: %s", (int)code, error.message);
    print_hex(digest, sizeof digest);
    printf(" ");
    print_hex(signature.data, signature.len);
    printf(" %d\n", atomic_load(&lookups));
    fflush(stdout);
    scwkms_buffer_free(&signature);
    scwkms_error_free(&error);
  }
  scwkms_free(client);
  return check_result();
}
