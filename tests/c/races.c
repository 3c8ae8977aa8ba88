/*
 * Two threads make the library write an error to the same place, without a lock: the runner checks that the sanitizer
 * reports the race of the library's code.
 */
#include <scwkms.h>

#include <pthread.h>
#include <stdio.h>

static scwkms_error *error;

static void *validate(void *argument) {
  for (int i = 0; i < 100; i++) {
    scwkms_validate_name("scwkms:key-id=none", &error);
  }
  return argument;
}

int main(void) {
  pthread_t other;
  if (pthread_create(&other, NULL, validate, NULL) != 0) {
    return 1;
  }
  validate(NULL);
  pthread_join(other, NULL);
  printf("%d\n", (int)scwkms_error_code(error));
  return 0;
}
