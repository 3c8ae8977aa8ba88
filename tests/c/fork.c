/*
 * A client that was opened, and used, before fork() works in the child and in the child's child, and continues to work
 * in the parent; also if other threads use it while the process forks.
 *
 *   fork KEY CHILDREN    CHILDREN are forked while threads sign, and open and free clients
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { THREADS = 6, WAIT_LIMIT = 60 /* seconds until the alarm of a child that hangs */ };

static scwkms_client client;
static const char *key;
static atomic_bool stopped;

static bool signs(const char *who) {
  const uint8_t digest[32] = {7};
  scwkms_error *error = NULL;
  scwkms_buffer signature = {0};
  bool made = scwkms_sign(client, key, 0, digest, sizeof digest, &signature, &error) == SCWKMS_OK;
  if (!made) {
    fprintf(stderr, "%s: %s\n", who, scwkms_error_message(error));
  }
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
  return made;
}

/* Forks a child that runs `work`, and returns whether it succeeded. */
static bool in_child(bool (*work)(void)) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    alarm(WAIT_LIMIT);
    bool succeeded = work();
    scwkms_free(client);
    exit(succeeded ? 0 : 1);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    perror("child");
    return false;
  }
  if (WIFSIGNALED(status)) {
    fprintf(stderr, "a child ended by signal %d\n", WTERMSIG(status));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool sign_in_child(void) { return signs("child"); }

static bool sign_in_both_generations(void) {
  return signs("child") && in_child(sign_in_child) && signs("child after its own child");
}

/* A child that frees the inherited client and opens its own. */
static bool sign_with_own_client(void) {
  scwkms_free(client);
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  return signs("child's own client");
}

static bool do_nothing(void) { return true; }

static void *sign_until_stopped(void *failed) {
  while (!atomic_load(&stopped)) {
    if (!signs("thread")) {
      atomic_store((atomic_bool *)failed, true);
      break;
    }
  }
  return NULL;
}

/* The child can open and free clients, also if other threads did so at the moment of the fork. */
static void *open_and_free_until_stopped(void *failed) {
  while (!atomic_load(&stopped)) {
    scwkms_client other = scwkms_open(getenv("SCWKMS_URI"), NULL);
    if (other == 0) {
      atomic_store((atomic_bool *)failed, true);
    }
    scwkms_free(other);
    for (int i = 0; i < 100000; i++) {
      scwkms_free(other);
    }
  }
  return NULL;
}

static bool sign_with_both(void) { return signs("child") && sign_with_own_client(); }

static void fork_among_threads(int children) {
  pthread_t threads[THREADS];
  atomic_bool failed = false;
  for (int i = 0; i < THREADS; i++) {
    void *(*work)(void *) = i % 3 != 0 ? open_and_free_until_stopped : sign_until_stopped;
    CHECK(pthread_create(&threads[i], NULL, work, &failed) == 0, "no thread %d", i);
  }
  for (int i = 0; i < children; i++) {
    CHECK(in_child(sign_with_both), "child %d of a process whose threads sign", i);
  }
  atomic_store(&stopped, true);
  for (int i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0, "thread %d", i);
  }
  CHECK(!atomic_load(&failed), "a thread failed");
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY CHILDREN\n", argv[0]);
    return 2;
  }
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  CHECK(in_child(sign_in_child), "child of an unused client");
  CHECK(signs("parent"), "parent");
  CHECK(in_child(do_nothing), "child that frees only the inherited client");
  CHECK(in_child(sign_in_both_generations), "child and grandchild of a used client");
  CHECK(in_child(sign_with_own_client), "child with a client of its own");
  CHECK(signs("parent"), "parent after its children");
  fork_among_threads(atoi(argv[2]));
  CHECK(signs("parent"), "parent at the end");
  scwkms_free(client);
  return check_result();
}
