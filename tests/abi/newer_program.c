/*
 * A program that is compiled with a newer header, in which scwkms_async_options has the member `added`.
 *
 *   newer_program URI KEY ADDED    prints "CODE <tab> ADDED <tab> MESSAGE": the value of this member that the library has
 *                                     received, or "unknown" if it has no function scwkms_last_added()
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void print_added(void) {
  uint64_t (*last_added)(void) = NULL;
  *(void **)&last_added = dlsym(RTLD_DEFAULT, "scwkms_last_added");
  if (last_added == NULL) {
    printf("unknown\t");
  } else {
    printf("%llu\t", (unsigned long long)last_added());
  }
}

int main(int argc, char **argv) {
  const uint8_t digest[32] = {43};
  scwkms_error *error = NULL;
  scwkms_buffer signature = {0};
  scwkms_operation operation = 0;
  if (argc != 4) {
    fprintf(stderr, "usage: %s URI KEY ADDED\n", argv[0]);
    return 2;
  }
  const scwkms_async_options options = {.size = sizeof options, .added = strtoull(argv[3], NULL, 10)};
  scwkms_client client = scwkms_open(argv[1], NULL);
  int32_t code = scwkms_sign_async(client, argv[2], 0, digest, sizeof digest, &options, &operation, &error);
  if (code == SCWKMS_OK) {
    code = scwkms_wait(operation, &signature, &error);
  }
  printf("%d\t", (int)code);
  print_added();
  printf("%s\n", scwkms_error_message(error));
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
  scwkms_free(client);
  return 0;
}
