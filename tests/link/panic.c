/* A panic inside the linked library becomes an error. This program makes Rust's clock fail, and so panic. */
#include <scwkms.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Thread_local int broken;

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (broken) {
    errno = EINVAL;
    return -1;
  }
  return (int)syscall(SYS_clock_gettime, clock, now);
}

static int32_t sign(scwkms_client client, const char *key, scwkms_error **error) {
  static const uint8_t digest[32] = {1};
  scwkms_buffer signature = {0};
  int32_t code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, error);
  scwkms_buffer_free(&signature);
  return code;
}

/* Returns whether a panic was caught, and the next call works. */
static int catches_a_panic(scwkms_client client, const char *key) {
  scwkms_error *error = NULL, *next = NULL;
  broken = 1;
  int32_t code = sign(client, key, &error);
  broken = 0;
  int caught = code == SCWKMS_ERROR_INTERNAL &&
               strstr(scwkms_error_message(error), "a defect of scwkms was caught") != NULL;
  if (!caught) {
    fprintf(stderr, "no panic was caught: %d, %s\n", (int)code, scwkms_error_message(error));
  }
  int works = sign(client, key, &next) == SCWKMS_OK;
  if (!works) {
    fprintf(stderr, "after a panic: %s\n", scwkms_error_message(next));
  }
  scwkms_error_free(error);
  scwkms_error_free(next);
  return caught && works;
}

int main(int argc, char **argv) {
  scwkms_error *error = NULL;
  if (argc != 3) {
    return 2;
  }
  scwkms_client client = scwkms_open(argv[1], &error);
  if (client == 0) {
    fprintf(stderr, "%s\n", scwkms_error_message(error));
    return 1;
  }
  int failed = 0;
  for (int i = 0; i < 3; i++) {
    failed |= !catches_a_panic(client, argv[2]);
  }
  scwkms_free(client);
  return failed;
}
