/* For the tests of misuse: outputs that show whether a refused call wrote to them, and calls with and without error. */
#ifndef MISUSE_H
#define MISUSE_H

#include <scwkms.h>

#include <string.h>

#include "check.h"

static scwkms_buffer buffer;
static scwkms_key key_out;
static scwkms_key_list list;
static uint32_t algorithm;
static scwkms_request request;

/* For calls that are refused, and so never call it. */
static int unexpected_calls;
static inline void unexpected(void *context, scwkms_request number) {
  (void)context;
  (void)number;
  unexpected_calls++;
}

static inline void mark_outputs(void) {
  memset(&buffer, 0xA5, sizeof buffer);
  memset(&key_out, 0xA5, sizeof key_out);
  memset(&list, 0xA5, sizeof list);
  memset(&algorithm, 0xA5, sizeof algorithm);
  memset(&request, 0xA5, sizeof request);
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

static inline bool outputs_untouched(void) {
  return is_marked(&buffer, sizeof buffer) && is_marked(&key_out, sizeof key_out) && is_marked(&list, sizeof list) &&
         is_marked(&algorithm, sizeof algorithm) && is_marked(&request, sizeof request);
}

/* Makes the call twice, with `error` pointing to an error and being NULL: both must fail with the code, write no
   output, and the first must explain itself. */
#define REFUSED(expected, call)                                                                                        \
  do {                                                                                                                 \
    for (int pass = 0; pass < 2; pass++) {                                                                             \
      scwkms_error place = {0};                                                                                        \
      scwkms_error *error = pass == 0 ? &place : NULL;                                                                 \
      mark_outputs();                                                                                                  \
      int32_t code = (call);                                                                                           \
      CHECK(code == (expected), "%d: %s\n    %s", (int)code, place.message ? place.message : "", #call);               \
      CHECK(outputs_untouched(), "an output was written: %s", #call);                                                  \
      CHECK(place.code == (error == NULL ? 0 : (expected)), "%d: %s", (int)place.code, #call);                         \
      CHECK((place.message != NULL && place.message[0] != '\0') == (error != NULL), "no text: %s", #call);             \
      scwkms_error_free(&place);                                                                                       \
      CHECK(place.code == 0 && place.message == NULL && place.request_id == NULL, "not zeroed");                       \
    }                                                                                                                  \
  } while (false)

#define INVALID(call) REFUSED(SCWKMS_ERROR_INVALID_ARGUMENT, call)

#endif
