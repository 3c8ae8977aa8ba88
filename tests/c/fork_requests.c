/*
 * A process forks while requests are under way. They stay the parent's: the child does not know them, starts its own,
 * and ends in peace; the parent gets its results, each once.
 *
 *   fork_requests KEY    prints "ready"; reads "start" and starts REQUESTS signatures, which the service holds back for
 *                        a while; reads "fork" once they are there
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notice.h"
#include "talk.h"

enum { REQUESTS = 8 };

static const uint8_t digest[32] = {13};
static scwkms_client client;
static const char *key;

static scwkms_request start(notice *called) {
  scwkms_request request = 0;
  CHECK(scwkms_sign_async(client, key, 0, digest, sizeof digest, notify, called, &request, NULL) == SCWKMS_OK,
        "not started");
  return request;
}

static void in_the_child(const scwkms_request requests[REQUESTS], const notice notices[REQUESTS]) {
  for (size_t i = 0; i < REQUESTS; i++) {
    scwkms_cancel(requests[i]);
    CHECK(outcome_of(requests[i]) == SCWKMS_ERROR_INVALID_HANDLE, "the child knows its parent's request %zu", i);
  }
  for (int pass = 0; pass < 2; pass++) {
    notice own = {0};
    scwkms_request request = start(&own);
    for (size_t i = 0; i < REQUESTS; i++) {
      CHECK(request != requests[i], "the number of its parent's request %zu", i);
    }
    CHECK(outcome_of(request) == SCWKMS_OK && calls_of(&own) == 1, "the child's own request");
    /* And once more with a client of its own. */
    scwkms_free(client);
    client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  }
  scwkms_free(client);
  for (size_t i = 0; i < REQUESTS; i++) {
    CHECK(calls_of(&notices[i]) == 0, "the callback of its parent's request %zu was called in the child", i);
  }
}

int main(int argc, char **argv) {
  static notice notices[REQUESTS];
  scwkms_request requests[REQUESTS];
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  notice first = {0};
  CHECK(outcome_of(start(&first)) == SCWKMS_OK, "no client");
  tell("ready");
  await("start");
  for (size_t i = 0; i < REQUESTS; i++) {
    requests[i] = start(&notices[i]);
  }
  await("fork");
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    alarm(PATIENCE);
    in_the_child(requests, notices);
    _exit(check_result());
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child, "no child");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child failed: %d", status);
  for (size_t i = 0; i < REQUESTS; i++) {
    CHECK(outcome_of(requests[i]) == SCWKMS_OK, "the parent's request %zu", i);
    CHECK(calls_of(&notices[i]) == 1, "the parent's request %zu: %d calls", i, calls_of(&notices[i]));
  }
  scwkms_free(client);
  return check_result();
}
