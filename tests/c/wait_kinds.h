/* The functions that take an operation's result: each refuses operations with a result of another kind. */
#ifndef WAIT_KINDS_H
#define WAIT_KINDS_H

#include <scwkms.h>

#include <string.h>

#include "check.h"

/* Failed calls print their error. */
static inline void ok(int line, int32_t code, scwkms_error *error) {
  CHECK(code == SCWKMS_OK && error == NULL, "line %d: %d: %s", line, (int)code, scwkms_error_message(error));
  scwkms_error_free(error);
}
#define OK(call)                 \
  do {                           \
    scwkms_error *error = NULL;  \
    int32_t code = (call);       \
    ok(__LINE__, code, error);   \
  } while (false)

typedef enum kind {
  BUFFER, PUBLIC_KEY, KEY, KEY_LIST, DONE, DECRYPTED, DATA_KEY, IMPORT_PARAMETERS, ROTATION_LIST, ALGORITHM_LIST, KINDS
} kind;
static const char *const WAIT_NAMES[KINDS] = {
    "scwkms_wait()", "scwkms_wait_public_key()", "scwkms_wait_key()", "scwkms_wait_key_list()", "scwkms_wait_done()",
    "scwkms_wait_decrypted()", "scwkms_wait_data_key()", "scwkms_wait_import_parameters()",
    "scwkms_wait_rotation_list()", "scwkms_wait_algorithm_list()",
};

static inline int32_t wait_as(kind how, scwkms_operation operation, scwkms_error **error) {
  scwkms_buffer first = {0}, second = {0};
  scwkms_key *key = NULL;
  scwkms_key_list *keys = NULL;
  scwkms_rotation_list *rotations = NULL;
  scwkms_algorithm_list *algorithms = NULL;
  int32_t code = -1;
  switch (how) {
    case BUFFER: code = scwkms_wait(operation, &first, error); break;
    case PUBLIC_KEY: code = scwkms_wait_public_key(operation, &first, NULL, error); break;
    case KEY: code = scwkms_wait_key(operation, &key, error); break;
    case KEY_LIST: code = scwkms_wait_key_list(operation, &keys, error); break;
    case DONE: code = scwkms_wait_done(operation, error); break;
    case DECRYPTED: code = scwkms_wait_decrypted(operation, &first, &second, error); break;
    case DATA_KEY: code = scwkms_wait_data_key(operation, &first, &second, error); break;
    case IMPORT_PARAMETERS: code = scwkms_wait_import_parameters(operation, &first, &second, error); break;
    case ROTATION_LIST: code = scwkms_wait_rotation_list(operation, &rotations, error); break;
    case ALGORITHM_LIST: code = scwkms_wait_algorithm_list(operation, &algorithms, error); break;
    case KINDS: break;
  }
  bool none = first.data == NULL && second.data == NULL && key == NULL && keys == NULL && rotations == NULL &&
              algorithms == NULL;
  CHECK(code == SCWKMS_OK || none, "an output was written");
  scwkms_buffer_free(&first);
  scwkms_buffer_free(&second);
  scwkms_key_free(key);
  scwkms_key_list_free(keys);
  scwkms_rotation_list_free(rotations);
  scwkms_algorithm_list_free(algorithms);
  return code;
}

/* Each other function names the right one, and the operation keeps its result, before it ends and after. */
static inline void refuses_other_kinds(scwkms_operation operation, kind right) {
  for (kind how = BUFFER; how < KINDS; how++) {
    if (how != right) {
      scwkms_error *error = NULL;
      int32_t code = wait_as(how, operation, &error);
      CHECK(code == SCWKMS_ERROR_INVALID_ARGUMENT, "%s for %s: %d", WAIT_NAMES[how], WAIT_NAMES[right], (int)code);
      CHECK(strstr(scwkms_error_message(error), WAIT_NAMES[right]) != NULL, "%s", scwkms_error_message(error));
      scwkms_error_free(error);
    }
  }
}

#endif
