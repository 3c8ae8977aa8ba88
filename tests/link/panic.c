/* A panic inside the library, as it is linked, becomes an error. Rust's clock panics where there is no time. */
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

static int sign(scwkms_client client, const char *key, scwkms_error *error) {
  static const uint8_t digest[32] = {1};
  scwkms_buffer signature = {0};
  int code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, error);
  scwkms_buffer_free(&signature);
  return code;
}

int main(int argc, char **argv) {
  scwkms_error error = {0};
  if (argc != 3) {
    return 2;
  }
  scwkms_client client = scwkms_open(argv[1], &error);
  if (client == 0) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  for (int i = 0; i < 3; i++) {
    broken = 1;
    int code = sign(client, argv[2], &error);
    broken = 0;
    if (code != SCWKMS_ERROR_INTERNAL || strstr(error.message, "a defect of scwkms was caught") == NULL) {
      fprintf(stderr, "no panic was caught: %d\n", code);
      return 1;
    }
    scwkms_error_free(&error);
    if (sign(client, argv[2], &error) != SCWKMS_OK) {
      fprintf(stderr, "after a panic: %s\n", error.message);
      return 1;
    }
  }
  scwkms_free(client);
  return 0;
}
