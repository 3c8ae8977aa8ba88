/* The load program for the library: all threads sign with the same client. */
#include "load.h"

#include <scwkms.h>
#include <stdio.h>
#include <string.h>

static scwkms_client client;

void *worker_open(const struct arguments *arguments) { return (void *)arguments; }

void worker_sign(void *worker, const uint8_t *digest, size_t digest_len, struct signature *signature) {
  const struct arguments *arguments = worker;
  scwkms_error *error = NULL;
  scwkms_buffer made = {0};
  if (scwkms_sign(client, arguments->key, 0, digest, digest_len, &made, &error) != SCWKMS_OK) {
    die("%s", scwkms_error_message(error));
  }
  if (made.len > sizeof signature->bytes) die("a signature of %zu bytes", made.len);
  memcpy(signature->bytes, made.data, made.len);
  signature->len = made.len;
  scwkms_buffer_free(&made);
}

void worker_close(void *worker) { (void)worker; }

int main(int argc, char **argv) {
  struct arguments arguments = parse_arguments(argc, argv);
  scwkms_error *error = NULL;
  char uri[4096];
  if (arguments.http1) die("the library selects the protocol");
  snprintf(uri, sizeof uri, "scwkms:ca-file=%s;verify=%s", setting("SCWKMS_CA_FILE"),
           arguments.verify ? "true" : "false");
  client = scwkms_open(uri, &error);
  if (client == 0) die("%s", scwkms_error_message(error));
  load(&arguments);
  scwkms_free(client);
  return 0;
}
