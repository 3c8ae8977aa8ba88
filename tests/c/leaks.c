/* Never frees an error: the runner checks that valgrind or the sanitizer reports a leak of the library's memory. */
#include <scwkms.h>

#include <stdio.h>

int main(void) {
  scwkms_error *error = NULL;
  int32_t code = scwkms_validate_name("scwkms:key-id=none", &error);
  error = NULL;
  printf("%d %d\n", (int)code, (int)scwkms_error_code(error));
  return 0;
}
