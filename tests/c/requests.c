/*
 * Starts many signatures at once with a key that the client has not used yet, every other one with a callback, and
 * takes all results.
 *
 *   requests KEY COUNT    prints a line "DIGEST SIGNATURE" in hexadecimal for every tenth
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>

#include "notice.h"
#include "talk.h"

typedef struct job {
  uint8_t digest[32];
  scwkms_request request;
  notice notice;
} job;

static bool has_callback(size_t number) { return number % 2 == 0; }

static void start(scwkms_client client, const char *key, job *jobs, size_t number) {
  job *self = &jobs[number];
  scwkms_error error = {0};
  for (size_t i = 0; i < sizeof number; i++) {
    self->digest[i] = (uint8_t)(number >> 8 * i);
  }
  int32_t code = scwkms_sign_async(client, key, 0, self->digest, sizeof self->digest,
                                   has_callback(number) ? notify : NULL, &self->notice, &self->request, &error);
  CHECK(code == SCWKMS_OK && self->request != 0, "request %zu: %s", number, error.message);
  CHECK(number == 0 || self->request != jobs[number - 1].request, "two requests have one number");
  scwkms_error_free(&error);
}

static void finish(job *jobs, size_t number) {
  job *self = &jobs[number];
  scwkms_error error = {0};
  scwkms_buffer signature = {0};
  CHECK(scwkms_wait(self->request, &signature, &error) == SCWKMS_OK, "request %zu: %s", number, error.message);
  /* It has returned by now, so its context is the caller's again. */
  CHECK(calls_of(&self->notice) == has_callback(number), "request %zu: %d calls", number, calls_of(&self->notice));
  if (has_callback(number)) {
    CHECK(self->notice.request == self->request, "called for another request than %zu", number);
    CHECK(!pthread_equal(self->notice.thread, pthread_self()), "called on the caller's thread");
    CHECK(pthread_equal(self->notice.thread, jobs[0].notice.thread), "called on a second thread");
  }
  CHECK(outcome_of(self->request) == SCWKMS_ERROR_INVALID_HANDLE, "request %zu gave two results", number);
  if (number % 10 == 0) {
    print_hex(self->digest, sizeof self->digest, ' ');
    print_hex(signature.data, signature.len, '\n');
  }
  scwkms_buffer_free(&signature);
  scwkms_error_free(&error);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY COUNT\n", argv[0]);
    return 2;
  }
  size_t count = (size_t)strtoul(argv[2], NULL, 10);
  job *jobs = calloc(count, sizeof *jobs);
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(jobs != NULL && client != 0 && count > 0, "no client");
  for (size_t i = 0; i < count; i++) {
    start(client, argv[1], jobs, i);
  }
  for (size_t i = 0; i < count; i++) {
    finish(jobs, i);
  }
  scwkms_free(client);
  for (size_t i = 0; i < count; i++) {
    CHECK(calls_of(&jobs[i].notice) == has_callback(i), "request %zu was called again", i);
  }
  free(jobs);
  return check_result();
}
