/*
 * Encrypts or decrypts standard input, of any length, by envelope encryption:
 *
 *   encrypt_file encrypt KEY CONTEXT < plaintext > message
 *   encrypt_file decrypt KEY CONTEXT < message > plaintext
 *
 * CONTEXT is the associated data. If decryption fails, its output must not be used.
 */
#include <scwkms.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t input[65536];
static scwkms_error *error = NULL;

/* Writes and frees a buffer. */
static int write_buffer(scwkms_buffer *buffer) {
  size_t written = fwrite(buffer->data, 1, buffer->len, stdout);
  int failed = written != buffer->len;
  scwkms_buffer_free(buffer);
  return failed;
}

static int encrypt(scwkms_client client, const char *key, const char *context) {
  scwkms_encryptor *encryptor = NULL;
  scwkms_buffer output = {0};
  size_t length;
  int failed = scwkms_encryptor_new(client, key, (const uint8_t *)context, strlen(context), NULL, &encryptor, &error);
  while (!failed && (length = fread(input, 1, sizeof input, stdin)) > 0) {
    failed = scwkms_encryptor_update(encryptor, input, length, &output, &error) || write_buffer(&output);
  }
  failed = failed || ferror(stdin) || scwkms_encryptor_finish(encryptor, &output, &error) || write_buffer(&output);
  scwkms_encryptor_free(encryptor);
  return failed;
}

static int decrypt(scwkms_client client, const char *key, const char *context) {
  scwkms_decryptor *decryptor = NULL;
  scwkms_buffer output = {0};
  size_t length = fread(input, 1, sizeof input, stdin);
  int failed = scwkms_decryptor_new(client, key, (const uint8_t *)context, strlen(context), NULL, input, length,
                                    &decryptor, &error);
  while (!failed && (length = fread(input, 1, sizeof input, stdin)) > 0) {
    failed = scwkms_decryptor_update(decryptor, input, length, &output, &error) || write_buffer(&output);
  }
  failed = failed || ferror(stdin) || scwkms_decryptor_finish(decryptor, &output, &error) || write_buffer(&output);
  scwkms_decryptor_free(decryptor);
  return failed;
}

int main(int argc, char **argv) {
  if (argc != 4 || (strcmp(argv[1], "encrypt") != 0 && strcmp(argv[1], "decrypt") != 0)) {
    fprintf(stderr, "usage: %s encrypt|decrypt KEY CONTEXT < input > output\n", argv[0]);
    return 2;
  }
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), &error);
  int failed = client == 0 || (argv[1][0] == 'e' ? encrypt : decrypt)(client, argv[2], argv[3]) || fflush(stdout);
  if (error != NULL) {
    fprintf(stderr, "%s: %s\n", argv[0], scwkms_error_message(error));
  }
  scwkms_error_free(error);
  scwkms_free(client);
  return failed ? 1 : 0;
}
