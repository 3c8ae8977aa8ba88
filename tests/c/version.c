/* The library and the header have the same ABI version. Prints the library's version. */
#include <scwkms.h>

#include <string.h>

#include "check.h"

int main(void) {
  const char *version = scwkms_version();
  CHECK(scwkms_abi_version() == SCWKMS_ABI_VERSION, "library %u, header %u", (unsigned)scwkms_abi_version(),
        (unsigned)SCWKMS_ABI_VERSION);
  CHECK(strspn(version, "0123456789") > 0 && strchr(version, '.') != NULL, "%s", version);
  CHECK(version == scwkms_version(), "not static");
  puts(version);
  return check_result();
}
