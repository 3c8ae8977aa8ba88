/* Reads an error's text after it was freed: the runner proves with it that valgrind is on and sees such a read. */
#include <scwkms.h>

#include <stdio.h>

int main(void) {
  scwkms_error error = {0};
  scwkms_validate_name("scwkms:key-id=none", &error);
  const char *volatile text = error.message;
  scwkms_error_free(&error);
  printf("%d\n", text[0] != '\0' ? 1 : 0);
  return 0;
}
