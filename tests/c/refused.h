/* REFUSED checks a call that must fail: its code, its error, and that no output was written. */
#ifndef REFUSED_H
#define REFUSED_H

#include <scwkms.h>

#include <string.h>

#include "check.h"

/* The outputs of the calls. */
static scwkms_buffer buffer, second_buffer;
static scwkms_key *key_out;
static scwkms_key_list *list;
static scwkms_rotation_list *rotations;
static scwkms_algorithm_list *algorithms;
static uint32_t algorithm;
static scwkms_operation operation;

/* A callback of calls that are refused, which must not call it. */
static int unexpected_calls;
static inline void count_unexpected_call(void *context, scwkms_operation number) {
  (void)context;
  (void)number;
  unexpected_calls++;
}
static const scwkms_async_options options = {.size = sizeof options, .callback = count_unexpected_call};

static inline void mark_outputs(void) {
  memset(&buffer, 0xA5, sizeof buffer);
  memset(&key_out, 0xA5, sizeof key_out);
  memset(&list, 0xA5, sizeof list);
  memset(&second_buffer, 0xA5, sizeof second_buffer);
  memset(&rotations, 0xA5, sizeof rotations);
  memset(&algorithms, 0xA5, sizeof algorithms);
  memset(&algorithm, 0xA5, sizeof algorithm);
  memset(&operation, 0xA5, sizeof operation);
}

static inline bool is_marked(const void *output, size_t length) {
  const unsigned char *bytes = output;
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] != 0xA5) {
      return false;
    }
  }
  return true;
}

static inline bool outputs_are_marked(void) {
  return is_marked(&buffer, sizeof buffer) && is_marked(&key_out, sizeof key_out) && is_marked(&list, sizeof list) &&
         is_marked(&algorithm, sizeof algorithm) && is_marked(&operation, sizeof operation) &&
         is_marked(&second_buffer, sizeof second_buffer) && is_marked(&rotations, sizeof rotations) &&
         is_marked(&algorithms, sizeof algorithms);
}

/* `error` is NULL, or points to a pointer that was marked before the call: the library neither reads nor frees it. */
static inline void check_refusal(int line, const char *call, int32_t expected, int32_t code, scwkms_error **error) {
  CHECK(code == expected, "line %d: %d, not %d: %s", line, (int)code, (int)expected, call);
  CHECK(outputs_are_marked(), "line %d: an output was written: %s", line, call);
  if (error == NULL) {
    return;
  }
  if (is_marked(error, sizeof *error)) {
    CHECK(false, "line %d: no error was written: %s", line, call);
    return;
  }
  CHECK(scwkms_error_code(*error) == expected, "line %d: %d: %s", line, (int)scwkms_error_code(*error), call);
  CHECK(scwkms_error_message(*error)[0] != '\0', "line %d: no message: %s", line, call);
  CHECK(scwkms_error_request_id(*error) != NULL, "line %d: %s", line, call);
  scwkms_error_free(*error);
}

/* Makes the call twice: with `error` pointing to an error, and with NULL. */
#define REFUSED(expected, call)                                     \
  do {                                                              \
    for (int pass = 0; pass < 2; pass++) {                          \
      scwkms_error *place, **error = pass == 0 ? &place : NULL;     \
      memset(&place, 0xA5, sizeof place);                           \
      mark_outputs();                                               \
      int32_t code = (call);                                        \
      check_refusal(__LINE__, #call, expected, code, error);        \
    }                                                               \
  } while (false)

#define INVALID(call) REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, call)

#endif
