/*
 * Without file descriptors the library cannot start its thread: that is an error, without an operation and without a
 * callback; a later call tries again.
 *
 *   cannot_start KEY
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"
#include "callback.h"

static const uint8_t digest[32] = {11};

int main(int argc, char **argv) {
  struct rlimit usual, none;
  call_record called = {0};
  scwkms_error *error = NULL;
  scwkms_operation operation = 77;
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  CHECK(getrlimit(RLIMIT_NOFILE, &usual) == 0, "getrlimit");
  none = usual;
  none.rlim_cur = 3;
  CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0, "setrlimit");
  int32_t code = scwkms_sign_async(client, argv[1], 0, digest, sizeof digest, RECORD(&called), &operation, &error);
  CHECK(code == SCWKMS_ERROR_INTERNAL && scwkms_error_code(error) == code, "%d", (int)code);
  CHECK(operation == 77, "an output was written");
  CHECK(call_count(&called) == 0, "a callback without an operation");
  scwkms_error_free(error);
  error = NULL;
  CHECK(setrlimit(RLIMIT_NOFILE, &usual) == 0, "setrlimit");

  CHECK(scwkms_sign_async(client, argv[1], 0, digest, sizeof digest, RECORD(&called), &operation, &error) == SCWKMS_OK,
        "%s", scwkms_error_message(error));
  CHECK(wait_code(operation) == SCWKMS_OK && call_count(&called) == 1, "the second attempt");
  scwkms_error_free(error);
  scwkms_free(client);
  CHECK(call_count(&called) == 1, "%d calls", call_count(&called));
  return check_result();
}
