/*
 * Warnings that cannot be written: standard error is full, closed, a pipe without a reader, or a full pipe. The client is
 * opened all the same, and works.
 *
 *   warnings KEY    with settings that cause a warning
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { WAIT_LIMIT = 60 /* seconds */, CLIENTS = 3 };

static const char *key;

/* Opens a client and signs. Returns the error code. */
static int32_t open_and_sign(void) {
  const uint8_t digest[32] = {14};
  scwkms_buffer signature = {0};
  scwkms_error *error = NULL;
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), &error);
  int32_t code = client == 0 ? scwkms_error_code(error)
                             : scwkms_sign(client, key, 0, digest, sizeof digest, &signature, NULL);
  scwkms_free(client);
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
  return code;
}

/* In a child with another standard error; -1 is none. The child's exit status is the error code. */
static void expect_success(const char *name, int standard_error, int32_t (*run)(void)) {
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    signal(SIGPIPE, SIG_DFL);
    alarm(WAIT_LIMIT);
    if (dup2(standard_error, STDERR_FILENO) < 0) {
      close(STDERR_FILENO);
    }
    _exit(run());
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child, "%s: no child", name);
  CHECK(WIFEXITED(status), "%s: the process was ended by signal %d", name, WTERMSIG(status));
  CHECK(WEXITSTATUS(status) == SCWKMS_OK, "%s: %d", name, WEXITSTATUS(status));
}

static int reader;

static int pipe_without_reader(void) {
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0 && close(ends[0]) == 0, "no pipe");
  return ends[1];
}

/* Its other end is `reader`. */
static int full_pipe(void) {
  int ends[2];
  CHECK(pipe2(ends, O_NONBLOCK) == 0, "no pipe");
  while (write(ends[1], "", 1) == 1) {
  }
  CHECK(fcntl(ends[1], F_SETFL, 0) == 0, "no pipe");
  reader = ends[0];
  return ends[1];
}

static size_t count_threads(void) {
  size_t count = 0;
  DIR *folder = opendir("/proc/self/task");
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    count += entry->d_name[0] != '.';
  }
  closedir(folder);
  return count;
}

/* Reads the pipe until it is empty, and then a warning. */
static bool read_warning(void) {
  char text[4096] = "";
  ssize_t length = 0;
  while ((length = read(reader, text, sizeof text - 1)) != -1 && memmem(text, (size_t)length, "warning", 7) == NULL) {
  }
  return length > 0;
}

/* The warning of the first client waits. Threads that write do not accumulate. When the pipe is read, the warning is written,
 * and so is that of a further client. */
static int32_t open_many(void) {
  for (int i = 0; i < CLIENTS; i++) {
    int32_t code = open_and_sign();
    if (code != SCWKMS_OK) {
      return code;
    }
  }
  /* This thread, the I/O thread, and the one that writes. An earlier I/O thread may be ending. */
  const time_t until = time(NULL) + WAIT_LIMIT / 2;
  while (count_threads() > 3) {
    if (time(NULL) > until) {
      return 101;
    }
  }
  fcntl(reader, F_SETFL, 0);
  if (!read_warning()) {
    return 102;
  }
  int32_t code = open_and_sign();
  return code == SCWKMS_OK && !read_warning() ? 103 : code;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  expect_success("the usual standard error", STDERR_FILENO, open_and_sign);
  expect_success("a full device", open("/dev/full", O_WRONLY), open_and_sign);
  expect_success("no standard error", -1, open_and_sign);
  expect_success("a pipe without a reader", pipe_without_reader(), open_and_sign);
  expect_success("a full pipe", full_pipe(), open_many);
  return check_result();
}
