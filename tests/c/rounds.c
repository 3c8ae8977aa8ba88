/*
 * Clients are opened and freed, and nothing remains: after each round the process has as many threads and open files as
 * before the first. The library's thread ends, and closes the descriptors that wake it.
 *
 *   rounds KEY ROUNDS
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "entries.h"
#include "callback.h"

enum { THREADS = 6, SIGNATURES = 8, OPERATIONS = 12 };

static const uint8_t digest[32] = {21};
static scwkms_client client;
static const char *key;

typedef struct held {
  size_t threads, own_threads /* of the library */, files;
} held;

static size_t threads_of_the_library(void) {
  size_t count = 0;
  DIR *folder = opendir("/proc/self/task");
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    char path[300], name[32] = "";
    snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
    FILE *file = fopen(path, "r");
    count += file != NULL && fgets(name, sizeof name, file) != NULL && strncmp(name, "scwkms", 6) == 0;
    if (file != NULL) {
      fclose(file);
    }
  }
  CHECK(folder != NULL && closedir(folder) == 0, "cannot read /proc/self/task");
  return count;
}

static held count_held(void) {
  return (held){entries("/proc/self/task"), threads_of_the_library(), entries("/proc/self/fd")};
}

static void *sign(void *argument) {
  size_t *made = argument;
  for (size_t i = 0; i < SIGNATURES; i++) {
    scwkms_buffer signature = {0};
    *made += scwkms_sign(client, key, 0, digest, sizeof digest, &signature, NULL) == SCWKMS_OK;
    scwkms_buffer_free(&signature);
  }
  return NULL;
}

static void *do_nothing(void *argument) { return argument; }

/* Opens a client, makes blocking and asynchronous calls, takes half of the results, and frees the client. */
static void run_round(void) {
  static call_record records[OPERATIONS];
  pthread_t threads[THREADS];
  size_t made[THREADS] = {0};
  scwkms_operation operations[OPERATIONS] = {0};
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(client != 0, "no client");
  for (size_t i = 0; i < OPERATIONS; i++) {
    records[i] = (call_record){0};
    int32_t code = scwkms_sign_async(client, key, 0, digest, sizeof digest, RECORD(&records[i]), &operations[i], NULL);
    CHECK(code == SCWKMS_OK, "operation %zu: %d", i, (int)code);
  }
  for (size_t i = 0; i < THREADS; i++) {
    CHECK(pthread_create(&threads[i], NULL, sign, &made[i]) == 0, "no thread %zu", i);
  }
  scwkms_cancel(operations[0]);
  for (size_t i = 0; i < OPERATIONS / 2; i++) {
    int32_t code = wait_code(operations[i]);
    CHECK(code == SCWKMS_OK || (i == 0 && code == SCWKMS_ERROR_CANCELLED), "operation %zu: %d", i, (int)code);
  }
  for (size_t i = 0; i < THREADS; i++) {
    CHECK(pthread_join(threads[i], NULL) == 0 && made[i] == SIGNATURES, "thread %zu made %zu", i, made[i]);
  }
  scwkms_free(client);
}

/* The library's thread closes connections and ends after scwkms_free() has returned, so this counts repeatedly. */
static void expect_no_more_than(held most, long round) {
  held now = count_held();
  struct timespec begun, time;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  time = begun;
  while ((now.threads > most.threads || now.files > most.files) && time.tv_sec - begun.tv_sec < WAIT_LIMIT) {
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    clock_gettime(CLOCK_MONOTONIC, &time);
    now = count_held();
  }
  CHECK(now.threads <= most.threads, "round %ld: %zu threads, not %zu", round, now.threads, most.threads);
  CHECK(now.files <= most.files, "round %ld: %zu open files, not %zu", round, now.files, most.files);
  CHECK(now.own_threads == 0, "round %ld: %zu threads of the library", round, now.own_threads);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY ROUNDS\n", argv[0]);
    return 2;
  }
  key = argv[1];
  long rounds = strtol(argv[2], NULL, 10);
  /* Sanitizers start a thread of their own with the first thread of a program. */
  pthread_t first;
  CHECK(pthread_create(&first, NULL, do_nothing, NULL) == 0 && pthread_join(first, NULL) == 0, "no thread");
  held before = count_held();
  for (long round = 1; round <= rounds; round++) {
    run_round();
    expect_no_more_than(before, round);
  }
  return check_result();
}
