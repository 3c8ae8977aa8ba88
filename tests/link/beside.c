/* A program that calls scwkms, another Rust library and OpenSSL: signs a digest with KEY. */
#include <scwkms.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

uint32_t other_digest(void);
int32_t other_panics(void);

/* The digest of no bytes, by OpenSSL. other_digest() returns the first four bytes of the same digest. */
static int openssl_digest(uint8_t digest[EVP_MAX_MD_SIZE]) {
  unsigned length = 0;
  return EVP_Digest("", 0, digest, &length, EVP_sha256(), NULL) == 1 && length == 32;
}

static int sign(const char *uri, const char *key, const uint8_t *digest) {
  scwkms_buffer signature = {0};
  scwkms_error *error = NULL;
  scwkms_client client = scwkms_open(uri, &error);
  if (client == 0 || scwkms_sign(client, key, 0, digest, 32, &signature, &error) != SCWKMS_OK) {
    fprintf(stderr, "%s\n", scwkms_error_message(error));
  }
  int failed = error != NULL || fwrite(signature.data, 1, signature.len, stdout) != signature.len;
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
  scwkms_free(client);
  return failed;
}

static int other_library_works(const uint8_t *digest) {
  uint32_t first = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
  return other_digest() == first && other_panics() == 1;
}

int main(int argc, char **argv) {
  uint8_t digest[EVP_MAX_MD_SIZE] = {0};
  if (argc != 3) {
    fprintf(stderr, "usage: %s URI KEY\n", argv[0]);
    return 2;
  }
  SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
  if (tls == NULL || !openssl_digest(digest)) {
    fputs("OpenSSL does not work\n", stderr);
    return 1;
  }
  if (!other_library_works(digest)) {
    fputs("the other library does not work\n", stderr);
    return 1;
  }
  int failed = sign(argv[1], argv[2], digest);
  SSL_CTX_free(tls);
  /* Again, after the use of scwkms. */
  return failed || other_panics() != 1 || strcmp(scwkms_version(), "") == 0;
}
