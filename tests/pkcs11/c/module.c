#include "module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

CK_FUNCTION_LIST *module;

static unsigned char digest[32] = {
    0x86, 0x76, 0x4f, 0xb8, 0xbf, 0x93, 0x13, 0x4f, 0xa0, 0xd7, 0x51, 0xdc, 0xde, 0x57, 0x4e, 0x40,
    0x8d, 0xc1, 0x78, 0xf3, 0xae, 0x7b, 0x18, 0xa5, 0xfc, 0xb9, 0x39, 0x3d, 0xa8, 0xfd, 0xc2, 0x87,
};

void check(const char *call, CK_RV code) {
  if (code == CKR_OK) return;
  fprintf(stderr, "%s: 0x%lx\n", call, code);
  exit(2);
}

void *load(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "%s\n", dlerror());
    exit(2);
  }
  CK_C_GetFunctionList get_function_list;
  *(void **)&get_function_list = dlsym(library, "C_GetFunctionList");
  check("dlsym", get_function_list ? CKR_OK : CKR_FUNCTION_FAILED);
  check("C_GetFunctionList", get_function_list(&module));
  return library;
}

void initialize(void) {
  CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
  check("C_Initialize", module->C_Initialize(&arguments));
}

static CK_SESSION_HANDLE open_with(CK_FLAGS flags) {
  CK_SLOT_ID slots[16];
  CK_ULONG count = 16;
  CK_SESSION_HANDLE session;
  check("C_GetSlotList", module->C_GetSlotList(CK_TRUE, slots, &count));
  check("C_OpenSession", module->C_OpenSession(slots[0], CKF_SERIAL_SESSION | flags, NULL, NULL, &session));
  return session;
}

CK_SESSION_HANDLE open_session(void) { return open_with(0); }

CK_SESSION_HANDLE open_writable_session(void) { return open_with(CKF_RW_SESSION); }

CK_OBJECT_HANDLE find_object(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, const char *label) {
  CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class}, {CKA_LABEL, (void *)label, strlen(label)}};
  CK_OBJECT_HANDLE objects[2];
  CK_ULONG count = 0;
  check("C_FindObjectsInit", module->C_FindObjectsInit(session, template, 2));
  check("C_FindObjects", module->C_FindObjects(session, objects, 2, &count));
  check("C_FindObjectsFinal", module->C_FindObjectsFinal(session));
  check("not one object with the label", count == 1 ? CKR_OK : CKR_OBJECT_HANDLE_INVALID);
  return objects[0];
}

CK_OBJECT_HANDLE find_key(CK_SESSION_HANDLE session, const char *label) {
  return find_object(session, CKO_PRIVATE_KEY, label);
}

CK_RV sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, unsigned char signature[64]) {
  CK_MECHANISM mechanism = {CKM_ECDSA, NULL, 0};
  CK_ULONG length = 64;
  CK_RV code = module->C_SignInit(session, &mechanism, key);
  return code == CKR_OK ? module->C_Sign(session, digest, sizeof digest, signature, &length) : code;
}

void sign_and_print(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key) {
  unsigned char signature[64];
  check("C_Sign", sign(session, key, signature));
  for (size_t n = 0; n < sizeof signature; n++) printf("%02x", signature[n]);
  printf("\n");
  fflush(stdout);
}
