/*
 * A process with two copies of the library, as two plugins would load them: each refuses the numbers of the other.
 *
 *   two_copies URI KEY LIBRARY OTHER_LIBRARY
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <dlfcn.h>
#include <stdlib.h>

#include "../c/check.h"

enum { CLIENTS = 50 };

static const uint8_t digest[32] = {44};
static const char *uri, *key;

/* The functions of one copy. */
typedef struct copy {
  __typeof__(&scwkms_open) open;
  __typeof__(&scwkms_close) close;
  __typeof__(&scwkms_free) free;
  __typeof__(&scwkms_timeout_ms) timeout_ms;
  __typeof__(&scwkms_sign) sign;
  __typeof__(&scwkms_sign_async) sign_async;
  __typeof__(&scwkms_wait) wait;
  __typeof__(&scwkms_cancel) cancel;
  __typeof__(&scwkms_buffer_free) buffer_free;
} copy;

static void *function(void *library, const char *name) {
  void *found = dlsym(library, name);
  CHECK(found != NULL, "%s", name);
  return found;
}

static copy load(const char *path) {
  copy loaded = {0};
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(2);
  }
  *(void **)&loaded.open = function(library, "scwkms_open");
  *(void **)&loaded.close = function(library, "scwkms_close");
  *(void **)&loaded.free = function(library, "scwkms_free");
  *(void **)&loaded.timeout_ms = function(library, "scwkms_timeout_ms");
  *(void **)&loaded.sign = function(library, "scwkms_sign");
  *(void **)&loaded.sign_async = function(library, "scwkms_sign_async");
  *(void **)&loaded.wait = function(library, "scwkms_wait");
  *(void **)&loaded.cancel = function(library, "scwkms_cancel");
  *(void **)&loaded.buffer_free = function(library, "scwkms_buffer_free");
  return loaded;
}

static int32_t sign(const copy *with, scwkms_client client) {
  scwkms_buffer signature = {0};
  int32_t code = with->sign(client, key, 0, digest, sizeof digest, &signature, NULL);
  with->buffer_free(&signature);
  return code;
}

static int32_t wait(const copy *with, scwkms_operation operation) {
  scwkms_buffer signature = {0};
  int32_t code = with->wait(operation, &signature, NULL);
  with->buffer_free(&signature);
  return code;
}

/* `other` refuses the numbers of `own`, which continue to work. */
static void refuses(const copy *own, const copy *other) {
  scwkms_operation operation = 0;
  scwkms_client client = own->open(uri, NULL);
  CHECK(own->sign_async(client, key, 0, digest, sizeof digest, NULL, &operation, NULL) == SCWKMS_OK, "not started");
  CHECK(sign(other, client) == SCWKMS_ERROR_INVALID_HANDLE, "the other copy accepts a client");
  CHECK(wait(other, operation) == SCWKMS_ERROR_INVALID_HANDLE, "the other copy accepts an operation");
  other->cancel(operation);
  other->close(client);
  other->free(client);
  CHECK(wait(own, operation) == SCWKMS_OK, "the other copy ended an operation");
  CHECK(sign(own, client) == SCWKMS_OK, "the other copy freed a client");
  own->free(client);
}

/* Both copies open the same number of clients: without their instance, the numbers would be equal. */
static void refuses_all(const copy *own, const copy *other) {
  scwkms_client clients[CLIENTS], others[CLIENTS];
  for (size_t i = 0; i < CLIENTS; i++) {
    clients[i] = own->open(uri, NULL);
    others[i] = other->open(uri, NULL);
  }
  for (size_t i = 0; i < CLIENTS; i++) {
    CHECK(own->timeout_ms(clients[i]) > 0 && other->timeout_ms(others[i]) > 0, "not open");
    CHECK(own->timeout_ms(others[i]) == 0 && other->timeout_ms(clients[i]) == 0, "client %zu of another copy", i);
  }
  for (size_t i = 0; i < CLIENTS; i++) {
    own->free(clients[i]);
    other->free(others[i]);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: %s URI KEY LIBRARY OTHER_LIBRARY\n", argv[0]);
    return 2;
  }
  uri = argv[1];
  key = argv[2];
  copy first = load(argv[3]), second = load(argv[4]);
  CHECK(first.open != second.open, "one copy only");
  refuses(&first, &second);
  refuses(&second, &first);
  refuses_all(&first, &second);
  return check_result();
}
