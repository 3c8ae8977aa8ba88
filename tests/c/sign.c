/*
 * Signs standard input with a key in Key Manager: writes the signature and the public key, for verification by OpenSSL.
 *
 *   ./sign KEY SIGNATURE.der PUBLIC.pem < document
 *   openssl dgst -sha256 -verify PUBLIC.pem -signature SIGNATURE.der document
 *
 * KEY is an id, REGION/ID or scwkms:name=NAME. The client's URI comes from SCWKMS_URI; without it, region and
 * credentials come from Scaleway's own environment variables and config file.
 */
#include <scwkms.h>

#include <stdio.h>
#include <stdlib.h>

#include "sha256.h"

static int write_file(const char *path, const void *data, size_t length) {
  FILE *file = fopen(path, "wb");
  if (file == NULL) {
    perror(path);
    return 1;
  }
  int failed = fwrite(data, 1, length, file) != length;
  failed |= fclose(file) != 0;
  if (failed) {
    perror(path);
  }
  return failed;
}

/* PEM (RFC 7468): base64 in lines of 64 characters. */
static int write_pem(const char *path, const scwkms_buffer *der) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  FILE *file = fopen(path, "wb");
  if (file == NULL) {
    perror(path);
    return 1;
  }
  fputs("-----BEGIN PUBLIC KEY-----", file);
  for (size_t i = 0; i < der->len; i += 3) {
    uint32_t group = (uint32_t)der->data[i] << 16;
    group |= i + 1 < der->len ? (uint32_t)der->data[i + 1] << 8 : 0;
    group |= i + 2 < der->len ? der->data[i + 2] : 0;
    fprintf(file, "%s%c%c%c%c", i % 48 == 0 ? "\n" : "", digits[group >> 18], digits[group >> 12 & 63],
            i + 1 < der->len ? digits[group >> 6 & 63] : '=', i + 2 < der->len ? digits[group & 63] : '=');
  }
  fputs("\n-----END PUBLIC KEY-----\n", file);
  int failed = ferror(file);
  failed |= fclose(file) != 0;
  if (failed) {
    perror(path);
  }
  return failed;
}

static int hash_input(uint8_t digest[32]) {
  sha256 hash;
  uint8_t part[4096];
  size_t length;
  sha256_start(&hash);
  while ((length = fread(part, 1, sizeof part, stdin)) > 0) {
    sha256_add(&hash, part, length);
  }
  sha256_finish(&hash, digest);
  if (ferror(stdin)) {
    perror("standard input");
    return 1;
  }
  return 0;
}

int main(int argc, char **argv) {
  scwkms_error *error = NULL;
  scwkms_buffer public_key = {0}, signature = {0};
  uint8_t digest[32];
  int failed = 1;

  if (argc != 4) {
    fprintf(stderr, "usage: %s KEY SIGNATURE.der PUBLIC.pem < document\n", argv[0]);
    return 2;
  }
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), &error);
  if (client != 0 && hash_input(digest) == 0 &&
      scwkms_public_key(client, argv[1], &public_key, NULL, &error) == SCWKMS_OK &&
      scwkms_sign(client, argv[1], SCWKMS_ALGORITHM_UNSPECIFIED, digest, sizeof digest, &signature, &error) ==
          SCWKMS_OK) {
    failed = write_file(argv[2], signature.data, signature.len) || write_pem(argv[3], &public_key);
  }
  if (error != NULL) {
    fprintf(stderr, "%s: %s\n", argv[0], scwkms_error_message(error));
  }
  scwkms_buffer_free(&signature);
  scwkms_buffer_free(&public_key);
  scwkms_error_free(error);
  scwkms_free(client);
  return failed;
}
