/* Preloaded into a program: its privileges seem to be raised, as those of a program with the set-user-ID bit. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/auxv.h>

unsigned long getauxval(unsigned long type) {
  static unsigned long (*original)(unsigned long);
  if (type == AT_SECURE) return 1;
  if (!original) *(void **)&original = dlsym(RTLD_NEXT, "getauxval");
  return original ? original(type) : 0;
}
