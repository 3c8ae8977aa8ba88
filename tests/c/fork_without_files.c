/*
 * A child of fork() uses its parent's CA certificates. It cannot read the files again: they are deleted, and if the system
 * permits it, the child's root is an empty folder.
 *
 *   fork_without_files KEY CA_FILE EMPTY_FOLDER    deletes CA_FILE
 */
#define _DEFAULT_SOURCE
#include <scwkms.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { WAIT_LIMIT = 60 /* seconds */ };

static scwkms_client client;

static void sign(const char *key, const char *who) {
  const uint8_t digest[32] = {15};
  scwkms_buffer signature = {0};
  scwkms_error *error = NULL;
  int32_t code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, &error);
  CHECK(code == SCWKMS_OK, "%s: %s", who, scwkms_error_message(error));
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
}

static void change_root(const char *folder) {
  if (chroot(folder) == 0 && chdir("/") == 0) {
    CHECK(access("/proc", F_OK) != 0, "the root is not empty");
  } else {
    printf("not tested: chroot() is not permitted: %s\n", strerror(errno));
  }
}

static int be_the_child(const char *key, const char *empty_folder) {
  alarm(WAIT_LIMIT);
  change_root(empty_folder);
  sign(key, "child");
  fflush(NULL);
  return check_result();
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s KEY CA_FILE EMPTY_FOLDER\n", argv[0]);
    return 2;
  }
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  CHECK(unlink(argv[2]) == 0, "%s is not the ca-file", argv[2]);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    _exit(be_the_child(argv[1], argv[3]));
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child, "no child");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child failed: %d", status);
  sign(argv[1], "parent");
  scwkms_free(client);
  return check_result();
}
