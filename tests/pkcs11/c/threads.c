/* threads MODULE: threads call the functions of the module at the same time, in sessions of their own and in one that they
   share. Each thread prints one signature of ec-key. ThreadSanitizer runs this program too. */
#include "module.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 8, ROUNDS = 3, LOGINS = 20, SIZE = 512 };

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static unsigned char document[] = "a document\n";
static const CK_ULONG document_size = sizeof document - 1;
static unsigned char p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static CK_BBOOL yes = CK_TRUE;

static void expect(const char *call, int condition) { check(call, condition ? CKR_OK : CKR_GENERAL_ERROR); }

static void describe(void) {
  CK_INFO info;
  CK_SLOT_ID slots[4];
  CK_ULONG count = LENGTH(slots);
  CK_SLOT_INFO slot;
  CK_TOKEN_INFO token;
  CK_MECHANISM_TYPE mechanisms[64];
  CK_MECHANISM_INFO mechanism;
  check("C_GetInfo", module->C_GetInfo(&info));
  check("C_GetSlotList", module->C_GetSlotList(CK_TRUE, slots, &count));
  check("C_GetSlotInfo", module->C_GetSlotInfo(slots[0], &slot));
  check("C_GetTokenInfo", module->C_GetTokenInfo(slots[0], &token));
  count = LENGTH(mechanisms);
  check("C_GetMechanismList", module->C_GetMechanismList(slots[0], mechanisms, &count));
  check("C_GetMechanismInfo", module->C_GetMechanismInfo(slots[0], mechanisms[0], &mechanism));
}

static void read_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, const char *label) {
  unsigned char text[64], id[64];
  CK_ATTRIBUTE attributes[] = {{CKA_LABEL, text, sizeof text}, {CKA_ID, id, sizeof id}};
  check("C_GetAttributeValue", module->C_GetAttributeValue(session, object, attributes, LENGTH(attributes)));
  expect("CKA_LABEL", attributes[0].ulValueLen == strlen(label) && memcmp(text, label, strlen(label)) == 0);
}

/* Signs in parts, and verifies the signature with the public key. */
static void sign_and_verify(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE private, CK_OBJECT_HANDLE public) {
  CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL, 0};
  unsigned char signature[64];
  CK_ULONG length = sizeof signature;
  check("C_SignInit", module->C_SignInit(session, &mechanism, private));
  check("C_SignUpdate", module->C_SignUpdate(session, document, 4));
  check("C_SignUpdate", module->C_SignUpdate(session, document + 4, document_size - 4));
  check("C_SignFinal", module->C_SignFinal(session, signature, &length));
  check("C_VerifyInit", module->C_VerifyInit(session, &mechanism, public));
  check("C_Verify", module->C_Verify(session, document, document_size, signature, length));
  signature[63] ^= 1;
  check("C_VerifyInit", module->C_VerifyInit(session, &mechanism, public));
  CK_RV code = module->C_Verify(session, document, document_size, signature, length);
  expect("C_Verify of a changed signature", code == CKR_SIGNATURE_INVALID);
}

static void encrypt_and_decrypt(CK_SESSION_HANDLE session) {
  CK_RSA_PKCS_OAEP_PARAMS parameters = {CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, NULL, 0};
  CK_MECHANISM mechanism = {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
  CK_OBJECT_HANDLE public = find_object(session, CKO_PUBLIC_KEY, "oaep-key");
  CK_OBJECT_HANDLE private = find_key(session, "oaep-key");
  unsigned char ciphertext[SIZE], plaintext[SIZE];
  CK_ULONG ciphertext_size = SIZE, plaintext_size = SIZE;
  check("C_EncryptInit", module->C_EncryptInit(session, &mechanism, public));
  check("C_Encrypt", module->C_Encrypt(session, document, document_size, ciphertext, &ciphertext_size));
  check("C_DecryptInit", module->C_DecryptInit(session, &mechanism, private));
  check("C_Decrypt", module->C_Decrypt(session, ciphertext, ciphertext_size, plaintext, &plaintext_size));
  expect("C_Decrypt", plaintext_size == document_size && memcmp(plaintext, document, document_size) == 0);
}

static void digest_and_random(CK_SESSION_HANDLE session) {
  CK_MECHANISM mechanism = {CKM_SHA256, NULL, 0};
  unsigned char digest[32], random[32];
  CK_ULONG length = sizeof digest;
  check("C_DigestInit", module->C_DigestInit(session, &mechanism));
  check("C_DigestUpdate", module->C_DigestUpdate(session, document, document_size));
  check("C_DigestFinal", module->C_DigestFinal(session, digest, &length));
  check("C_GenerateRandom", module->C_GenerateRandom(session, random, sizeof random));
}

/* Creates a key, signs with it and deletes it. */
static void create_and_destroy(CK_SESSION_HANDLE session, const char *label) {
  CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
  CK_ATTRIBUTE public_template[] = {{CKA_EC_PARAMS, p256, sizeof p256}};
  CK_ATTRIBUTE private_template[] = {
      {CKA_TOKEN, &yes, sizeof yes}, {CKA_SIGN, &yes, sizeof yes}, {CKA_LABEL, (void *)label, strlen(label)}};
  CK_OBJECT_HANDLE public, private;
  check("C_GenerateKeyPair",
        module->C_GenerateKeyPair(session, &mechanism, public_template, LENGTH(public_template), private_template,
                                  LENGTH(private_template), &public, &private));
  sign_and_verify(session, private, public);
  check("C_DestroyObject", module->C_DestroyObject(session, private));
}

static CK_SESSION_HANDLE shared;

/* The specification leaves to the programs when they use a session. A second use at a time fails, without damage. */
static void sign_in_shared_session(CK_OBJECT_HANDLE key) {
  unsigned char signature[64];
  CK_RV code = sign(shared, key, signature);
  expect("C_Sign in the shared session",
         code == CKR_OK || code == CKR_OPERATION_ACTIVE || code == CKR_OPERATION_NOT_INITIALIZED);
}

static void *use(void *number) {
  char label[32];
  snprintf(label, sizeof label, "key of thread %zu", (size_t)number);
  for (int round = 0; round < ROUNDS; round++) {
    CK_SESSION_HANDLE session = open_writable_session();
    CK_RV code = module->C_Login(session, CKU_USER, (unsigned char *)"1234", 4);
    expect("C_Login", code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN);
    describe();
    CK_OBJECT_HANDLE private = find_key(session, "ec-key");
    CK_OBJECT_HANDLE public = find_object(session, CKO_PUBLIC_KEY, "ec-key");
    read_attributes(session, private, "ec-key");
    read_attributes(session, public, "ec-key");
    sign_and_verify(session, private, public);
    sign_in_shared_session(private);
    encrypt_and_decrypt(session);
    digest_and_random(session);
    create_and_destroy(session, label);
    if (round == 0) sign_and_print(session, private);
    check("C_CloseSession", module->C_CloseSession(session));
  }
  return NULL;
}

static pthread_barrier_t all_sign;

/* Signs until another thread has called C_Finalize. */
static void *sign_until_finalized(void *unused) {
  (void)unused;
  unsigned char signature[64];
  CK_SESSION_HANDLE session = open_session();
  CK_OBJECT_HANDLE key = find_key(session, "ec-key");
  CK_RV code = sign(session, key, signature);
  pthread_barrier_wait(&all_sign);
  while (code == CKR_OK) code = sign(session, key, signature);
  expect("C_Sign", code == CKR_CRYPTOKI_NOT_INITIALIZED || code == CKR_SESSION_HANDLE_INVALID ||
                       code == CKR_FUNCTION_CANCELED);
  return NULL;
}

static void start(pthread_t threads[THREADS], void *(*function)(void *)) {
  for (size_t n = 0; n < THREADS; n++) {
    check("pthread_create", (CK_RV)pthread_create(&threads[n], NULL, function, (void *)n));
  }
}

static void join(pthread_t threads[THREADS]) {
  for (size_t n = 0; n < THREADS; n++) pthread_join(threads[n], NULL);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  pthread_t threads[THREADS];
  load(argv[1]);
  initialize();
  shared = open_session();
  start(threads, use);
  join(threads);
  pthread_barrier_init(&all_sign, NULL, THREADS + 1);
  start(threads, sign_until_finalized);
  pthread_barrier_wait(&all_sign);
  for (int n = 0; n < LOGINS; n++) {
    check("C_Logout", module->C_Logout(shared));
    check("C_Login", module->C_Login(shared, CKU_USER, (unsigned char *)"1234", 4));
  }
  check("C_Finalize", module->C_Finalize(NULL));
  join(threads);
  return 0;
}
