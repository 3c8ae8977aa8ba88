/*
 * Makes calls of the C library fail during an operation: the first call of a kind, in another process the second, and so on,
 * until the operation completes without a fault. After each fault the client works, and nothing has leaked.
 *
 *   failures OPERATION blocking|async SIGNING_KEY DECRYPTION_KEY MESSAGE_KEY
 *
 * Reads lines "CALL ERROR once|repeatedly". Prints a line "CALL ERROR TIMES NUMBER FAULTS CODE MESSAGE" for each process with
 * a fault: the number of the first call that failed, the number of calls that failed, and the result of the operation.
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "entries.h"
#include "local_calls.h"
#include "operations.h"

enum {
  WAIT_LIMIT = 20,     /* seconds; far more than a correct run takes */
  REPEATED_EINTR = 20, /* without an end, a call that is repeated after EINTR would never return */
  MAX_CALLS = 1000,
  MORE_BLOCKS = 8, /* by which the queues of the I/O thread differ between processes */
};

/* The exit status of a process. */
enum { COMPLETED = 0, FAILED = 1, INJECTED = 2 };

/* One line of the input. */
typedef struct fault {
  char call[32], times[16];
  int error;
} fault;

static const operation *what;
static bool is_async;

/* What a process holds after its client was freed. */
typedef struct held {
  size_t files, threads;
  long blocks;
} held;

/* What all processes share. */
typedef struct shared {
  held usual; /* of a process without a fault */
  inputs made;
} shared;

static held *usual;

static held count_held(void) {
  held now = {.blocks = live_blocks()};
  now.files = entries("/proc/self/fd");
  now.threads = entries("/proc/self/task");
  return now;
}

static bool is_more(held now, held most) {
  return now.files > most.files || now.threads > most.threads || now.blocks > most.blocks;
}

static void pause_briefly(void) { nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); }

/* The library's thread closes connections after scwkms_free() has returned, so this counts repeatedly. */
static void expect_no_more_than(held most) {
  held now = count_held();
  for (int i = 0; is_more(now, most) && i < WAIT_LIMIT * 1000; i++) {
    pause_briefly();
    now = count_held();
  }
  CHECK(now.files <= most.files, "%zu open files, not %zu", now.files, most.files);
  CHECK(now.threads <= most.threads, "%zu threads, not %zu", now.threads, most.threads);
  CHECK(now.blocks <= most.blocks, "%ld memory blocks, not %ld", now.blocks, most.blocks);
}

/* Less memory than that of a client remains. */
static void count_usual(held before) {
  expect_no_more_than((held){before.files, before.threads, before.blocks + 150});
  *usual = count_held();
  usual->blocks += MORE_BLOCKS;
}

static void expect_success(int32_t (*run)(scwkms_error **), const char *when) {
  scwkms_error *error = NULL;
  int32_t code = run(&error);
  CHECK(code == SCWKMS_OK, "%s: %s", when, scwkms_error_message(error));
  scwkms_error_free(error);
}

/* The number of the last call that fails. */
static int last_of(const fault *how, int first) {
  if (strcmp(how->times, "once") == 0) {
    return first;
  }
  return first + (how->error == EINTR ? REPEATED_EINTR : MAX_CALLS);
}

/* Runs the operation with a fault from the call with this number on. Returns the number of calls that failed. */
static int run_with_fault(const fault *how, int number) {
  scwkms_error *error = NULL;
  inject(local_call_named(how->call), how->error, number, last_of(how, number));
  int32_t code = is_async ? run_asynchronously(what, &error) : what->run(&error);
  int faults = stop_injection();
  CHECK(code == scwkms_error_code(error), "%d, but the error has another code: %s", (int)code,
        scwkms_error_message(error));
  if (faults > 0) {
    printf("%s %d %s %d %d %d %s\n", how->call, how->error, how->times, number, faults, (int)code,
           scwkms_error_message(error));
  }
  scwkms_error_free(error);
  return faults;
}

/* The life of a process. `how` is NULL if no call fails. */
static int process(const fault *how, int number) {
  held before = count_held();
  alarm(3 * WAIT_LIMIT);
  if (what->prepare != NULL) {
    expect_success(what->prepare, "before the fault");
  }
  int faults = how != NULL ? run_with_fault(how, number) : 0;
  if (client == 0) {
    expect_success(open_client, "opening after the fault");
  }
  expect_success(what->follow, "after the fault");
  scwkms_free(client);
  if (how == NULL) {
    count_usual(before);
  } else {
    expect_no_more_than(*usual);
  }
  fflush(NULL);
  return check_failures > 0 ? FAILED : faults > 0 ? INJECTED : COMPLETED;
}

/* Makes the operation's input. */
static int input_process(const fault *how, int number) {
  (void)how, (void)number;
  if (what->make_input != NULL) {
    expect_success(open_client, "opening before the input is made");
    expect_success(what->make_input, "the input");
    scwkms_free(client);
  }
  fflush(NULL);
  return check_failures > 0 ? FAILED : COMPLETED;
}

/* Returns the exit status of a new process. */
static int in_process(int (*run)(const fault *, int), const fault *how, int number) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    exit(run(how, number));
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child, "no process");
  CHECK(!WIFSIGNALED(status), "a process was ended by signal %d", WTERMSIG(status));
  return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

static void inject_each(const fault *how) {
  int status = INJECTED;
  for (int number = 1; status == INJECTED && number <= MAX_CALLS; number++) {
    status = in_process(process, how, number);
    CHECK(status == COMPLETED || status == INJECTED, "%s %d %s, call %d: exit status %d", how->call, how->error,
          how->times, number, status);
  }
  CHECK(status != INJECTED, "%s: the operation does not complete without a fault", how->call);
}

static bool share_memory(void) {
  shared *memory = mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return false;
  }
  usual = &memory->usual;
  made = &memory->made;
  return true;
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: %s OPERATION blocking|async SIGNING_KEY DECRYPTION_KEY MESSAGE_KEY\n", argv[0]);
    return 2;
  }
  what = operation_named(argv[1]);
  is_async = strcmp(argv[2], "async") == 0;
  signing_key = argv[3];
  decryption_key = argv[4];
  message_key = argv[5];
  CHECK(what != NULL && share_memory(), "unknown operation: %s", argv[1]);
  CHECK(check_failures == 0 && in_process(input_process, NULL, 0) == COMPLETED, "the input of the operation");
  CHECK(check_failures == 0 && in_process(process, NULL, 0) == COMPLETED, "without a fault");
  for (fault how; check_failures == 0 && scanf("%31s %d %15s", how.call, &how.error, how.times) == 3;) {
    CHECK(local_call_named(how.call) != CALL_COUNT, "unknown call: %s", how.call);
    inject_each(&how);
  }
  return check_result();
}
