/*
 * The observer: the fields of events, warnings, calls of the library inside it, fork, and replacement.
 *
 *   observer KEY    with settings that cause a warning
 */
#define _POSIX_C_SOURCE 200809L
#include <scwkms.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum {
  KINDS = 8,
  WAIT_LIMIT = 60, /* seconds until the alarm of a process that hangs */
  NESTED = 64      /* enough to use all locks of the library's operations */
};

static const char *key;
static scwkms_client client;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int seen[KINDS];
static int signatures;
static int32_t last_code;
static int32_t nested_code;
static bool starts_operations;
static bool well_formed = true;

static bool has_texts(const scwkms_event *event) {
  return event->operation != NULL && event->region != NULL && event->key_id != NULL && event->request_id != NULL &&
         event->server != NULL && event->protocol != NULL && event->message != NULL;
}

static bool is_well_formed(const scwkms_event *event) {
  if (event->size != sizeof *event || event->reserved != 0 || !has_texts(event)) {
    return false;
  }
  switch (event->kind) {
    case SCWKMS_EVENT_OPERATION:
      return *event->operation != '\0' && strcmp(event->region, "fr-par") == 0 && event->duration_us > 0 &&
             (event->code == SCWKMS_OK) == (*event->message == '\0');
    case SCWKMS_EVENT_WARNING:
      return *event->message != '\0';
    case SCWKMS_EVENT_CONNECTION_OPENED:
    case SCWKMS_EVENT_CONNECTION_CLOSED:
      return *event->server != '\0' && *event->protocol != '\0';
    default:
      return event->kind > 0 && event->kind < KINDS;
  }
}

/* Starts an operation with a digest that is too short. */
static int32_t start_invalid(void) {
  const uint8_t digest[31] = {7};
  scwkms_operation operation = 0;
  return scwkms_sign_async(client, key, 0, digest, sizeof digest, NULL, &operation, NULL);
}

static void observe(void *context, const scwkms_event *event) {
  pthread_mutex_lock(&mutex);
  well_formed = well_formed && is_well_formed(event) && context == &seen;
  seen[event->kind % KINDS]++;
  if (strcmp(event->operation, "sign") == 0) {
    signatures++;
    last_code = event->code;
    well_formed = well_formed && strstr(key, event->key_id) != NULL;
    nested_code = scwkms_set_observer(NULL, NULL, NULL);
    for (int i = 0; starts_operations && i < NESTED; i++) {
      start_invalid();
    }
  }
  pthread_mutex_unlock(&mutex);
}

static int seen_count(int kind) {
  pthread_mutex_lock(&mutex);
  int count = seen[kind];
  pthread_mutex_unlock(&mutex);
  return count;
}

static int32_t observed(const int32_t *code) {
  pthread_mutex_lock(&mutex);
  int32_t copy = *code;
  pthread_mutex_unlock(&mutex);
  return copy;
}

static int signature_count(void) {
  pthread_mutex_lock(&mutex);
  int count = signatures;
  pthread_mutex_unlock(&mutex);
  return count;
}

static int32_t sign(size_t length) {
  const uint8_t digest[32] = {7};
  scwkms_buffer signature = {0};
  int32_t code = scwkms_sign(client, key, 0, digest, length, &signature, NULL);
  scwkms_buffer_free(&signature);
  return code;
}

/* A child inherits the observer, and can replace it. Returns the number of the check that failed. */
static int run_child(void) {
  int before = signature_count();
  if (sign(32) != SCWKMS_OK || signature_count() != before + 1) {
    return 1;
  }
  if (scwkms_set_observer(NULL, NULL, NULL) != SCWKMS_OK || sign(32) != SCWKMS_OK) {
    return 2;
  }
  if (signature_count() != before + 1) {
    return 3;
  }
  scwkms_set_observer(observe, &seen, NULL);
  return sign(32) == SCWKMS_OK && signature_count() == before + 2 ? 0 : 4;
}

static void check_child(void) {
  fflush(NULL);
  /* The child inherits a mutex that it can unlock. */
  pthread_mutex_lock(&mutex);
  pid_t child = fork();
  pthread_mutex_unlock(&mutex);
  if (child == 0) {
    alarm(WAIT_LIMIT);
    _exit(run_child());
  }
  int status = 0;
  CHECK(child > 0 && waitpid(child, &status, 0) == child, "no child");
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child's status is %d", status);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s KEY\n", argv[0]);
    return 2;
  }
  key = argv[1];
  CHECK(scwkms_set_observer(observe, &seen, NULL) == SCWKMS_OK, "no observer");
  alarm(WAIT_LIMIT);
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  CHECK(seen_count(SCWKMS_EVENT_WARNING) == 1, "%d warnings", seen_count(SCWKMS_EVENT_WARNING));
  CHECK(sign(32) == SCWKMS_OK && observed(&last_code) == SCWKMS_OK, "%d", observed(&last_code));
  CHECK(sign(31) == SCWKMS_ERROR_INVALID_ARGUMENT && observed(&last_code) == SCWKMS_ERROR_INVALID_ARGUMENT, "%d",
        observed(&last_code));
  CHECK(signature_count() == 2, "%d signatures", signature_count());
  CHECK(seen_count(SCWKMS_EVENT_CONNECTION_OPENED) > 0, "no connection");
  CHECK(observed(&nested_code) == SCWKMS_ERROR_INVALID_ARGUMENT, "%d inside the observer", observed(&nested_code));
  /* The event of an operation that cannot be started: the library holds no lock. */
  starts_operations = true;
  CHECK(start_invalid() == SCWKMS_ERROR_INVALID_ARGUMENT && signature_count() == 3, "%d", signature_count());
  starts_operations = false;
  check_child();
  CHECK(scwkms_set_observer(NULL, NULL, NULL) == SCWKMS_OK, "the observer stays");
  CHECK(sign(32) == SCWKMS_OK && signature_count() == 3, "the observer was called");
  CHECK(well_formed, "an event is malformed");
  scwkms_free(client);
  return check_result();
}
