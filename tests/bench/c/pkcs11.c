/* The load program for the PKCS#11 module that SCWKMS_PKCS11_MODULE names: each thread signs in a session of its own. */
#include "load.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names and values of PKCS#11. */
typedef unsigned long CK_ULONG;
enum { CKA_CLASS = 0, CKA_ID = 0x102, CKO_PRIVATE_KEY = 3, CKM_ECDSA = 0x1041, CKF_SERIAL_SESSION = 4 };
enum { UUID_LEN = 16 };

struct attribute {
  CK_ULONG type;
  const void *value;
  CK_ULONG length;
};

struct mechanism {
  CK_ULONG mechanism;
  void *parameter;
  CK_ULONG length;
};

/* The list of version 2.40 with the functions that this program calls. */
struct function_list {
  unsigned char version[2];
  CK_ULONG (*initialize)(void *);
  void *unused_1[11];
  CK_ULONG (*open_session)(CK_ULONG, CK_ULONG, void *, void *, CK_ULONG *);
  void *unused_2[13];
  CK_ULONG (*find_objects_init)(CK_ULONG, const struct attribute *, CK_ULONG);
  CK_ULONG (*find_objects)(CK_ULONG, CK_ULONG *, CK_ULONG, CK_ULONG *);
  CK_ULONG (*find_objects_final)(CK_ULONG);
  void *unused_3[13];
  CK_ULONG (*sign_init)(CK_ULONG, const struct mechanism *, CK_ULONG);
  CK_ULONG (*sign)(CK_ULONG, const uint8_t *, CK_ULONG, uint8_t *, CK_ULONG *);
};

struct session {
  CK_ULONG handle, key;
};

static struct function_list *functions;

static void check(const char *function, CK_ULONG code) {
  if (code != 0) die("%s returned 0x%lx", function, code);
}

static void parse_uuid(const char *text, uint8_t *uuid) {
  for (int i = 0; i < UUID_LEN; i++) {
    if (*text == '-') text++;
    if (sscanf(text, "%2hhx", &uuid[i]) != 1) die("%s is not a UUID", text);
    text += 2;
  }
}

void *worker_open(const struct arguments *arguments) {
  struct session *session = malloc(sizeof *session);
  uint8_t uuid[UUID_LEN];
  CK_ULONG class = CKO_PRIVATE_KEY, count;
  parse_uuid(arguments->key, uuid);
  const struct attribute template[] = {{CKA_CLASS, &class, sizeof class}, {CKA_ID, uuid, sizeof uuid}};
  check("C_OpenSession", functions->open_session(0, CKF_SERIAL_SESSION, NULL, NULL, &session->handle));
  check("C_FindObjectsInit", functions->find_objects_init(session->handle, template, 2));
  check("C_FindObjects", functions->find_objects(session->handle, &session->key, 1, &count));
  check("C_FindObjectsFinal", functions->find_objects_final(session->handle));
  if (count != 1) die("the key was not found");
  return session;
}

void worker_sign(void *worker, const uint8_t *digest, size_t digest_len, struct signature *signature) {
  const struct session *session = worker;
  const struct mechanism mechanism = {CKM_ECDSA, NULL, 0};
  CK_ULONG length = sizeof signature->bytes;
  check("C_SignInit", functions->sign_init(session->handle, &mechanism, session->key));
  check("C_Sign", functions->sign(session->handle, digest, digest_len, signature->bytes, &length));
  signature->len = length;
}

void worker_close(void *worker) { free(worker); }

int main(int argc, char **argv) {
  struct arguments arguments = parse_arguments(argc, argv);
  void *module = dlopen(setting("SCWKMS_PKCS11_MODULE"), RTLD_NOW);
  if (module == NULL) die("%s", dlerror());
  CK_ULONG (*get_function_list)(struct function_list **) = NULL;
  *(void **)&get_function_list = dlsym(module, "C_GetFunctionList");
  if (get_function_list == NULL) die("%s", dlerror());
  check("C_GetFunctionList", get_function_list(&functions));
  check("C_Initialize", functions->initialize(NULL));
  load(&arguments);
  return 0;
}
