/* privileges MODULE LABEL: prints whether the program has more privileges than its user, and the number of tokens. With a
   token it signs. */
#include "module.h"

#include <stdio.h>
#include <sys/auxv.h>

int main(int argc, char **argv) {
  if (argc != 3) return 1;
  load(argv[1]);
  initialize();
  CK_ULONG tokens = 0;
  check("C_GetSlotList", module->C_GetSlotList(CK_TRUE, NULL, &tokens));
  printf("%lu %lu\n", getauxval(AT_SECURE), tokens);
  if (tokens > 0) {
    CK_SESSION_HANDLE session = open_session();
    sign_and_print(session, find_key(session, argv[2]));
  }
  check("C_Finalize", module->C_Finalize(NULL));
  return 0;
}
