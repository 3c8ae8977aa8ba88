/* Encrypts standard input with a key in Key Manager, symmetric or RSA-OAEP: ./encrypt KEY < plaintext > ciphertext */
#include <scwkms.h>

#include <stdlib.h>

#include "input.h"

int main(int argc, char **argv) {
  static uint8_t plaintext[65535];
  size_t length;
  scwkms_error *error = NULL;
  scwkms_buffer ciphertext = {0};
  int failed = 1;

  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY < plaintext > ciphertext\n", argv[0]);
    return 2;
  }
  if (read_input(plaintext, sizeof plaintext, &length) != 0) {
    return 1;
  }
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), &error);
  if (client != 0 && scwkms_encrypt(client, argv[1], plaintext, length, &ciphertext, &error) == SCWKMS_OK) {
    failed = fwrite(ciphertext.data, 1, ciphertext.len, stdout) != ciphertext.len || fflush(stdout) != 0;
  }
  if (error != NULL) {
    fprintf(stderr, "%s: %s\n", argv[0], scwkms_error_message(error));
  }
  scwkms_buffer_free(&ciphertext);
  scwkms_error_free(error);
  scwkms_free(client);
  return failed;
}
