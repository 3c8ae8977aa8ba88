/* signatures MODULE LABEL: signs once for each line of standard input. Prints "CODE MILLISECONDS SIGNATURE" for each: the
   code and the signature in hexadecimal digits. */
#include "module.h"

#include <stdio.h>
#include <time.h>

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  load(argv[1]);
  initialize();
  CK_SESSION_HANDLE session = open_session();
  CK_OBJECT_HANDLE key = find_key(session, argv[2]);
  char line[16];
  while (fgets(line, sizeof line, stdin)) {
    unsigned char signature[64] = {0};
    long start = milliseconds();
    CK_RV code = sign(session, key, signature);
    printf("%lx %ld ", code, milliseconds() - start);
    for (size_t n = 0; n < sizeof signature; n++) printf("%02x", signature[n]);
    printf("\n");
    fflush(stdout);
  }
  check("C_Finalize", module->C_Finalize(NULL));
  return 0;
}
