/*
 * Each client reads the system's trust store when it is opened, also while another client exists.
 *
 *   trust_store KEY CA_FILE    appends CA_FILE to the trust store, which SSL_CERT_FILE names
 */
#include <scwkms.h>

#include <stdlib.h>

#include "check.h"

static int32_t sign(scwkms_client client, const char *key) {
  const uint8_t digest[32] = {16};
  scwkms_buffer signature = {0};
  scwkms_error *error = NULL;
  int32_t code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, &error);
  fprintf(stderr, "%s\n", scwkms_error_message(error));
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
  return code;
}

static void append(const char *path, const char *to) {
  FILE *from = fopen(path, "r"), *file = fopen(to, "a");
  CHECK(from != NULL && file != NULL, "cannot open %s and %s", path, to);
  for (int byte; (byte = fgetc(from)) != EOF;) {
    fputc(byte, file);
  }
  CHECK(fclose(from) == 0 && fclose(file) == 0, "cannot write %s", to);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY CA_FILE\n", argv[0]);
    return 2;
  }
  scwkms_client before = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(before != 0 && sign(before, argv[1]) == SCWKMS_ERROR_NETWORK, "the server is trusted");
  append(argv[2], getenv("SSL_CERT_FILE"));
  scwkms_client after = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(after != 0 && sign(after, argv[1]) == SCWKMS_OK, "the trust store was not read again");
  CHECK(sign(before, argv[1]) == SCWKMS_ERROR_NETWORK, "an existing client changed");
  scwkms_free(before);
  CHECK(sign(after, argv[1]) == SCWKMS_OK, "freeing a client changed another");
  scwkms_free(after);
  return check_result();
}
