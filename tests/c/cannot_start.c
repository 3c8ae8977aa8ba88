/*
 * The library's thread cannot be started, for want of file descriptors: that is an error, without a request and without
 * a callback; and it is tried again later.
 *
 *   cannot_start KEY
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"
#include "notice.h"

static const uint8_t digest[32] = {11};

int main(int argc, char **argv) {
  struct rlimit usual, none;
  notice called = {0};
  scwkms_error error = {0};
  scwkms_request request = 77;
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
  int32_t code = scwkms_sign_async(client, argv[1], 0, digest, sizeof digest, notify, &called, &request, &error);
  CHECK(code == SCWKMS_ERROR_INTERNAL && error.code == code, "%d", (int)code);
  CHECK(request == 77, "an output was written");
  CHECK(calls_of(&called) == 0, "a callback without a request");
  scwkms_error_free(&error);
  CHECK(setrlimit(RLIMIT_NOFILE, &usual) == 0, "setrlimit");

  CHECK(scwkms_sign_async(client, argv[1], 0, digest, sizeof digest, notify, &called, &request, &error) == SCWKMS_OK,
        "%s", error.message);
  CHECK(outcome_of(request) == SCWKMS_OK && calls_of(&called) == 1, "the second try");
  scwkms_error_free(&error);
  scwkms_free(client);
  CHECK(calls_of(&called) == 1, "%d calls", calls_of(&called));
  return check_result();
}
