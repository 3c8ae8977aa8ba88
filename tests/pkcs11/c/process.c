/* process MODULE LABEL CASE: how the module behaves when the process forks, unloads the module, or ends. Each case prints
   the signatures that it makes. */
#include "module.h"

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *path, *label;

static void sign_in_new_session(void) {
  CK_SESSION_HANDLE session = open_session();
  sign_and_print(session, find_key(session, label));
  check("C_CloseSession", module->C_CloseSession(session));
}

/* Runs a function in a child, whose exit status must be 0. */
static void in_child(void (*function)(void)) {
  pid_t child = fork();
  if (child == 0) {
    function();
    exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) {
    fprintf(stderr, "the child's status is 0x%x\n", status);
    exit(2);
  }
}

static void initialize_and_sign(void) {
  initialize();
  sign_in_new_session();
}

static CK_SESSION_HANDLE parents_session;
static CK_OBJECT_HANDLE parents_key;

static void sign_in_parents_session(void) { sign_and_print(parents_session, parents_key); }

static void finalize(void) { check("C_Finalize", module->C_Finalize(NULL)); }

/* The child of a parent that has used the module: without C_Initialize, with it, and in a session of the parent. */
static void fork_after_use(void) {
  initialize();
  parents_session = open_session();
  parents_key = find_key(parents_session, label);
  sign_in_parents_session();
  in_child(sign_in_new_session);
  in_child(initialize_and_sign);
  in_child(sign_in_parents_session);
  sign_in_parents_session();
  finalize();
}

/* nginx's master process initializes the module, and only its workers sign. */
static void fork_before_use(void) {
  initialize();
  in_child(sign_in_new_session);
  in_child(initialize_and_sign);
  sign_in_new_session();
  finalize();
}

static void fork_without_initialization(void) {
  in_child(initialize_and_sign);
  initialize_and_sign();
  finalize();
}

/* The process ends without C_Finalize. */
static void exit_without_finalization(void) { initialize_and_sign(); }

#define THREADS 4

/* The threads and the main thread wait for each other until all of them have signed. */
static pthread_barrier_t all_sign;

static void *sign_forever(void *unused) {
  (void)unused;
  CK_SESSION_HANDLE session = open_session();
  CK_OBJECT_HANDLE key = find_key(session, label);
  unsigned char signature[64];
  check("C_Sign", sign(session, key, signature));
  pthread_barrier_wait(&all_sign);
  while (sign(session, key, signature) == CKR_OK) {
  }
  return NULL;
}

static void start_threads(pthread_t threads[THREADS]) {
  pthread_barrier_init(&all_sign, NULL, THREADS + 1);
  for (int n = 0; n < THREADS; n++) check("pthread_create", (CK_RV)pthread_create(&threads[n], NULL, sign_forever, NULL));
  pthread_barrier_wait(&all_sign);
}

/* The process ends while other threads sign. */
static void exit_while_threads_sign(void) {
  pthread_t threads[THREADS];
  initialize_and_sign();
  start_threads(threads);
}

/* C_Finalize, while other threads sign: their calls return. */
static void finalize_while_threads_sign(void) {
  pthread_t threads[THREADS];
  initialize_and_sign();
  start_threads(threads);
  finalize();
  for (int n = 0; n < THREADS; n++) pthread_join(threads[n], NULL);
  initialize_and_sign();
  finalize();
}

static void unload(void) {
  for (int n = 0; n < 3; n++) {
    void *library = load(path);
    initialize_and_sign();
    finalize();
    check("dlclose", (CK_RV)dlclose(library));
  }
}

static void unload_without_finalization(void) {
  void *library = load(path);
  initialize_and_sign();
  check("dlclose", (CK_RV)dlclose(library));
}

static int count_threads(void) {
  DIR *tasks = opendir("/proc/self/task");
  int count = 0;
  for (struct dirent *entry; (entry = readdir(tasks));) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count;
}

/* Neither loading nor initializing the module starts a thread. */
static void no_threads_before_use(void) {
  initialize();
  CK_SESSION_HANDLE session = open_session();
  if (count_threads() != 1) check("threads before the first operation", CKR_GENERAL_ERROR);
  sign_and_print(session, find_key(session, label));
  finalize();
}

static const struct {
  const char *name;
  void (*run)(void);
} cases[] = {
    {"fork after use", fork_after_use},
    {"fork before use", fork_before_use},
    {"fork without initialization", fork_without_initialization},
    {"exit without finalization", exit_without_finalization},
    {"exit while threads sign", exit_while_threads_sign},
    {"finalize while threads sign", finalize_while_threads_sign},
    {"unload", unload},
    {"unload without finalization", unload_without_finalization},
    {"no threads before use", no_threads_before_use},
};

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  path = argv[1];
  label = argv[2];
  load(path);
  for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
    if (strcmp(argv[3], cases[n].name) == 0) {
      cases[n].run();
      return 0;
    }
  }
  return 2;
}
