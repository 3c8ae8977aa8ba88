/* Reads an error's message after freeing it: the runner checks that valgrind or the sanitizer reports the read. */
#include <scwkms.h>

#include <stdio.h>

int main(void) {
  scwkms_error *error = NULL;
  scwkms_validate_name("scwkms:key-id=none", &error);
  const char *volatile message = scwkms_error_message(error);
  scwkms_error_free(error);
  printf("%d\n", message[0] != '\0' ? 1 : 0);
  return 0;
}
