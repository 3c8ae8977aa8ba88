/* One program with scwkms, another Rust library and OpenSSL, each of which is called: signs a digest with KEY. */
#include <scwkms.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

uint32_t other_digest(void);
int32_t other_panics(void);

/* The digest of nothing, by OpenSSL; its first four bytes are what the other library must find. */
static int openssl_digest(uint8_t digest[EVP_MAX_MD_SIZE]) {
  unsigned length = 0;
  return EVP_Digest("", 0, digest, &length, EVP_sha256(), NULL) == 1 && length == 32;
}

int main(int argc, char **argv) {
  uint8_t digest[EVP_MAX_MD_SIZE] = {0};
  scwkms_buffer signature = {0};
  scwkms_error error = {0};
  if (argc != 3) {
    fprintf(stderr, "usage: %s URI KEY\n", argv[0]);
    return 2;
  }
  SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
  if (tls == NULL || !openssl_digest(digest)) {
    fputs("OpenSSL does not work\n", stderr);
    return 1;
  }
  uint32_t first = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
  if (other_digest() != first || other_panics() != 1) {
    fputs("the other library does not work\n", stderr);
    return 1;
  }
  scwkms_client client = scwkms_open(argv[1], &error);
  if (client == 0 || scwkms_sign(client, argv[2], 0, digest, 32, &signature, &error) != SCWKMS_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  fwrite(signature.data, 1, signature.len, stdout);
  scwkms_buffer_free(&signature);
  scwkms_free(client);
  /* Again, after scwkms has worked. */
  SSL_CTX_free(tls);
  return other_panics() != 1 || strcmp(scwkms_version(), "") == 0;
}
