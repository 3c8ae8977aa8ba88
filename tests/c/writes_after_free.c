/* Has the library write to an error that was freed: the runner proves with it that the library's own code is checked. */
#include <scwkms.h>

#include <stdio.h>
#include <stdlib.h>

int main(void) {
  scwkms_error *volatile error = calloc(1, sizeof *error);
  free(error);
  printf("%d\n", (int)scwkms_validate_name("scwkms:key-id=none", error));
  return 0;
}
