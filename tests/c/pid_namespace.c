/*
 * A child with its parent's process id: both are the first process of a pid namespace. They sign at the same time, each over
 * its own connections.
 *
 *   pid_namespace KEY COUNT    prints lines "DIGEST SIGNATURE" in hexadecimal, and what is not tested
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lines.h"

enum { WAIT_LIMIT = 60 /* seconds */ };

static scwkms_client client;
static const char *key;
static int count;

static void sign(uint8_t who, uint8_t number) {
  const uint8_t digest[32] = {18, who, number};
  scwkms_buffer signature = {0};
  scwkms_error *error = NULL;
  int32_t code = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, &error);
  CHECK(code == SCWKMS_OK, "process %d, signature %d: %s", who, number, scwkms_error_message(error));
  print_hex(digest, sizeof digest, ' ');
  print_hex(signature.data, signature.len, '\n');
  /* One write for each line, so that the lines of two processes do not mix. */
  fflush(stdout);
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
}

static void sign_all(uint8_t who) {
  for (int i = 0; i < count; i++) {
    sign(who, (uint8_t)i);
  }
}

/* The next child is the first process of a new namespace. */
static void enter_namespace(void) {
  if (unshare(CLONE_NEWPID) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) {
    printf("not tested: a child with its parent's process id: unshare() is not permitted: %s\n", strerror(errno));
  }
}

/* Forks a child that runs `work`. */
static pid_t start_child(void (*work)(pid_t), pid_t parent) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    alarm(WAIT_LIMIT);
    work(parent);
    fflush(NULL);
    _exit(check_result());
  }
  return child;
}

static void expect_success(pid_t child) {
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child, "no child");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child failed: %d", status);
}

static void be_the_child(pid_t parent) {
  if (parent == 1) {
    CHECK(getpid() == parent, "the ids of parent and child differ: %d", (int)getpid());
  }
  sign_all(2);
  scwkms_free(client);
}

static void be_the_parent(pid_t unused) {
  (void)unused;
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  sign(0, 0);
  enter_namespace();
  pid_t child = start_child(be_the_child, getpid());
  sign_all(1);
  expect_success(child);
  sign(0, 1);
  scwkms_free(client);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY COUNT\n", argv[0]);
    return 2;
  }
  key = argv[1];
  count = atoi(argv[2]);
  enter_namespace();
  expect_success(start_child(be_the_parent, 0));
  return check_result();
}
