/*
 * Decrypts standard input with a key in Key Manager: ./decrypt KEY < ciphertext > plaintext
 *
 * OpenSSL makes a ciphertext for an RSA-OAEP key with the public half of the key:
 *   openssl pkeyutl -encrypt -pubin -inkey PUBLIC.pem -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256
 */
#include <scwkms.h>

#include <stdlib.h>

#include "input.h"

int main(int argc, char **argv) {
  static uint8_t ciphertext[131071];
  size_t length;
  scwkms_error *error = NULL;
  scwkms_buffer plaintext = {0};
  int failed = 1;

  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY < ciphertext > plaintext\n", argv[0]);
    return 2;
  }
  if (read_input(ciphertext, sizeof ciphertext, &length) != 0) {
    return 1;
  }
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), &error);
  if (client != 0 && scwkms_decrypt(client, argv[1], ciphertext, length, &plaintext, &error) == SCWKMS_OK) {
    failed = fwrite(plaintext.data, 1, plaintext.len, stdout) != plaintext.len || fflush(stdout) != 0;
  }
  if (error != NULL) {
    fprintf(stderr, "%s: %s\n", argv[0], scwkms_error_message(error));
  }
  scwkms_buffer_free(&plaintext); /* wipes it, too */
  scwkms_error_free(error);
  scwkms_free(client);
  return failed;
}
