/*
 * Every algorithm's number and name, and numbers without an algorithm.
 *
 *   algorithms [NAME KEY]...    each key has the algorithm NAME, by number and by name
 */
#include <scwkms.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"

static const struct {
  uint32_t number;
  const char *name;
} table[] = {
    {SCWKMS_ALGORITHM_EC_P256_SHA256, "ec_p256_sha256"},
    {SCWKMS_ALGORITHM_EC_P384_SHA384, "ec_p384_sha384"},
    {SCWKMS_ALGORITHM_RSA_PSS_2048_SHA256, "rsa_pss_2048_sha256"},
    {SCWKMS_ALGORITHM_RSA_PSS_3072_SHA256, "rsa_pss_3072_sha256"},
    {SCWKMS_ALGORITHM_RSA_PSS_4096_SHA256, "rsa_pss_4096_sha256"},
    {SCWKMS_ALGORITHM_RSA_PKCS1_2048_SHA256, "rsa_pkcs1_2048_sha256"},
    {SCWKMS_ALGORITHM_RSA_PKCS1_3072_SHA256, "rsa_pkcs1_3072_sha256"},
    {SCWKMS_ALGORITHM_RSA_PKCS1_4096_SHA256, "rsa_pkcs1_4096_sha256"},
    {SCWKMS_ALGORITHM_RSA_OAEP_2048_SHA256, "rsa_oaep_2048_sha256"},
    {SCWKMS_ALGORITHM_RSA_OAEP_3072_SHA256, "rsa_oaep_3072_sha256"},
    {SCWKMS_ALGORITHM_RSA_OAEP_4096_SHA256, "rsa_oaep_4096_sha256"},
    {SCWKMS_ALGORITHM_AES_256_GCM, "aes_256_gcm"},
    {SCWKMS_ALGORITHM_ML_DSA_44, "ml_dsa_44"},
    {SCWKMS_ALGORITHM_ML_DSA_65, "ml_dsa_65"},
    {SCWKMS_ALGORITHM_ML_DSA_87, "ml_dsa_87"},
    {SCWKMS_ALGORITHM_ML_KEM_768, "ml_kem_768"},
    {SCWKMS_ALGORITHM_ML_KEM_1024, "ml_kem_1024"},
    {SCWKMS_ALGORITHM_EC_SECP256K1_SHA256, "ec_secp256k1_sha256"},
};
enum { ALGORITHMS = sizeof table / sizeof table[0] };

static void check_names(void) {
  for (uint32_t i = 0; i < ALGORITHMS; i++) {
    const char *name = scwkms_algorithm_name(table[i].number);
    CHECK(table[i].number == i + 1, "%s is %u", table[i].name, (unsigned)table[i].number);
    CHECK(name != NULL && strcmp(name, table[i].name) == 0, "%u is %s", (unsigned)table[i].number,
          name ? name : "NULL");
  }
  const uint32_t none[] = {SCWKMS_ALGORITHM_UNSPECIFIED, ALGORITHMS + 1, 255, 256 + 1, 0x80000001, UINT32_MAX};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
    CHECK(scwkms_algorithm_name(none[i]) == NULL, "%u", (unsigned)none[i]);
  }
}

static void check_key(scwkms_client client, const char *name, const char *key) {
  scwkms_error *error = NULL;
  scwkms_key *info = NULL;
  int32_t code = scwkms_get_key(client, key, &info, &error);
  CHECK(code == SCWKMS_OK, "%s: %s", name, scwkms_error_message(error));
  if (code == SCWKMS_OK) {
    uint32_t number = scwkms_key_algorithm(info);
    const char *by_number = scwkms_algorithm_name(number);
    CHECK(strcmp(scwkms_key_algorithm_name(info), name) == 0, "%s is %s", name, scwkms_key_algorithm_name(info));
    CHECK(by_number != NULL && strcmp(by_number, name) == 0, "%s is number %u", name, (unsigned)number);
  }
  scwkms_key_free(info);
  scwkms_error_free(error);
}

int main(int argc, char **argv) {
  check_names();
  if (argc > 1) {
    scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
    CHECK(client != 0, "no client");
    for (int i = 1; i + 1 < argc; i += 2) {
      check_key(client, argv[i], argv[i + 1]);
    }
    scwkms_free(client);
  }
  return check_result();
}
