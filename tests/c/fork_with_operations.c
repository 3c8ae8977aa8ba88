/*
 * A process forks with operations in flight. They stay the parent's: the child does not know them, and starts its own;
 * the parent gets its results, each once.
 *
 *   fork_with_operations KEY    prints "ready"; reads "start" and starts OPERATIONS signatures, whose responses the
 *                               service delays; reads "fork" when their requests have arrived
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "callback.h"
#include "lines.h"

enum { OPERATIONS = 8 };

static const uint8_t digest[32] = {13};
static scwkms_client client;
static const char *key;

static scwkms_operation start(call_record *called) {
  scwkms_operation operation = 0;
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, RECORD(called), &operation, NULL) == SCWKMS_OK,
        "not started");
  return operation;
}

static void in_the_child(const scwkms_operation operations[OPERATIONS], const call_record records[OPERATIONS]) {
  for (size_t i = 0; i < OPERATIONS; i++) {
    scwkms_cancel(operations[i]);
    CHECK(wait_code(operations[i]) == SCWKMS_ERROR_INVALID_HANDLE, "the child knows its parent's operation %zu", i);
  }
  for (int pass = 0; pass < 2; pass++) {
    call_record own = {0};
    scwkms_operation operation = start(&own);
    for (size_t i = 0; i < OPERATIONS; i++) {
      CHECK(operation != operations[i], "the number of its parent's operation %zu", i);
    }
    CHECK(wait_code(operation) == SCWKMS_OK && call_count(&own) == 1, "the child's own operation");
    /* And once more with a client of its own. */
    scwkms_free(client);
    client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  }
  scwkms_free(client);
  for (size_t i = 0; i < OPERATIONS; i++) {
    CHECK(call_count(&records[i]) == 0, "the callback of its parent's operation %zu was called in the child", i);
  }
}

int main(int argc, char **argv) {
  static call_record records[OPERATIONS];
  scwkms_operation operations[OPERATIONS];
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  call_record first = {0};
  CHECK(wait_code(start(&first)) == SCWKMS_OK, "no client");
  write_line("ready");
  expect_line("start");
  for (size_t i = 0; i < OPERATIONS; i++) {
    operations[i] = start(&records[i]);
  }
  expect_line("fork");
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    alarm(WAIT_LIMIT);
    in_the_child(operations, records);
    _exit(check_result());
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child, "no child");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child failed: %d", status);
  for (size_t i = 0; i < OPERATIONS; i++) {
    CHECK(wait_code(operations[i]) == SCWKMS_OK, "the parent's operation %zu", i);
    CHECK(call_count(&records[i]) == 1, "the parent's operation %zu: %d calls", i, call_count(&records[i]));
  }
  scwkms_free(client);
  return check_result();
}
