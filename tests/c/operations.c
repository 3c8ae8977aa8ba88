/*
 * Starts many signatures at once with a key that the client has not used yet, every other one with a callback, and
 * takes all results.
 *
 *   operations KEY COUNT    prints a line "DIGEST SIGNATURE" in hexadecimal for every tenth
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <stdlib.h>

#include "callback.h"
#include "lines.h"

typedef struct job {
  uint8_t digest[32];
  scwkms_operation operation;
  call_record record;
} job;

static bool has_callback(size_t number) { return number % 2 == 0; }

static void start(scwkms_client client, const char *key, job *jobs, size_t number) {
  job *self = &jobs[number];
  scwkms_error *error = NULL;
  for (size_t i = 0; i < sizeof number; i++) {
    self->digest[i] = (uint8_t)(number >> 8 * i);
  }
  int32_t code = scwkms_sign_async(client, key, 0, self->digest, sizeof self->digest,
                                   has_callback(number) ? RECORD(&self->record) : NULL, &self->operation, &error);
  CHECK(code == SCWKMS_OK && self->operation != 0, "operation %zu: %s", number, scwkms_error_message(error));
  CHECK(number == 0 || self->operation != jobs[number - 1].operation, "two operations have one number");
  scwkms_error_free(error);
}

static void check_callback(const job *self, const job *first, size_t number) {
  CHECK(self->record.operation == self->operation, "called for another operation than %zu", number);
  CHECK(!pthread_equal(self->record.thread, pthread_self()), "called on the caller's thread");
  CHECK(pthread_equal(self->record.thread, first->record.thread), "called on a second thread");
}

static void finish(job *jobs, size_t number) {
  job *self = &jobs[number];
  scwkms_error *error = NULL;
  scwkms_buffer signature = {0};
  int32_t code = scwkms_wait(self->operation, &signature, &error);
  CHECK(code == SCWKMS_OK, "operation %zu: %s", number, scwkms_error_message(error));
  /* The callback has returned: the library does not use its context any more. */
  CHECK(call_count(&self->record) == has_callback(number), "operation %zu: %d calls", number,
        call_count(&self->record));
  if (has_callback(number)) {
    check_callback(self, &jobs[0], number);
  }
  CHECK(wait_code(self->operation) == SCWKMS_ERROR_INVALID_HANDLE, "operation %zu gave two results", number);
  if (number % 10 == 0) {
    print_hex(self->digest, sizeof self->digest, ' ');
    print_hex(signature.data, signature.len, '\n');
  }
  scwkms_buffer_free(&signature);
  scwkms_error_free(error);
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
    CHECK(call_count(&jobs[i].record) == has_callback(i), "operation %zu was called again", i);
  }
  free(jobs);
  return check_result();
}
