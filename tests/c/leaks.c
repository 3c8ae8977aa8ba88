/* Never frees what it was given: the runner proves with it that valgrind is on and sees a leak of the library's. */
#include <scwkms.h>

#include <stdio.h>

int main(void) {
  scwkms_error error = {0};
  int32_t code = scwkms_validate_name("scwkms:key-id=none", &error);
  error = (scwkms_error){0};
  printf("%d\n", (int)code);
  return 0;
}
