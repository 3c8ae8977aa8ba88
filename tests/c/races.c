/*
 * Two threads have the library write to one error, without a lock: the runner proves with it that the sanitizer is on,
 * and sees what the library's own code does with a caller's memory.
 */
#include <scwkms.h>

#include <pthread.h>
#include <stdio.h>

static scwkms_error error;

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
  printf("%d\n", (int)error.code);
  return 0;
}
