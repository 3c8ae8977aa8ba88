/* Makes the library write an error to freed memory: the runner checks that the sanitizer checks the library's code. */
#include <scwkms.h>

#include <stdio.h>
#include <stdlib.h>

int main(void) {
  scwkms_error **volatile place = calloc(1, sizeof *place);
  free(place);
  printf("%d\n", (int)scwkms_validate_name("scwkms:key-id=none", place));
  return 0;
}
