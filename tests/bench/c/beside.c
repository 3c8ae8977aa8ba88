/*
 * Asynchronous calls beside blocking calls: beside KEY THREADS CALLS.
 *
 * THREADS threads sign, one blocking call after the other. Meanwhile CALLS asynchronous calls ask for the public key,
 * which the client has cached. The output is a line of JSON: the median and the longest time from the start of a call to
 * the return of its wait, the callbacks that ran after that return, and the signatures of the threads meanwhile.
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct call {
  atomic_bool returned; /* the wait for the operation */
  double taken_us;
} call;

static scwkms_client client;
static const char *key;
static const uint8_t digest[32] = {0x5a};
static atomic_bool stopped;
static atomic_ulong signatures, late_callbacks;

static void fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  exit(1);
}

static void *sign_until_stopped(void *argument) {
  while (!atomic_load(&stopped)) {
    scwkms_error *error = NULL;
    scwkms_buffer signature = {0};
    if (scwkms_sign(client, key, 0, digest, sizeof digest, &signature, &error) != SCWKMS_OK) {
      fail(scwkms_error_message(error));
    }
    scwkms_buffer_free(&signature);
    atomic_fetch_add(&signatures, 1);
  }
  return argument;
}

static void called(void *context, scwkms_operation operation) {
  const call *self = context;
  (void)operation;
  if (atomic_load(&self->returned)) atomic_fetch_add(&late_callbacks, 1);
}

static double now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void load_public_key(call *made) {
  scwkms_async_options options = {.size = sizeof options, .callback = called, .context = made};
  scwkms_operation operation = 0;
  scwkms_error *error = NULL;
  scwkms_buffer spki = {0};
  double start = now_us();
  if (scwkms_public_key_async(client, key, &options, &operation, &error) != SCWKMS_OK ||
      scwkms_wait_public_key(operation, &spki, NULL, &error) != SCWKMS_OK) {
    fail(scwkms_error_message(error));
  }
  atomic_store(&made->returned, true);
  made->taken_us = now_us() - start;
  scwkms_buffer_free(&spki);
}

static int compare(const void *a, const void *b) {
  double left = ((const call *)a)->taken_us, right = ((const call *)b)->taken_us;
  return (left > right) - (left < right);
}

static pthread_t *start_threads(size_t count) {
  pthread_t *threads = calloc(count + 1, sizeof *threads);
  for (size_t i = 0; i < count; i++) {
    if (pthread_create(&threads[i], NULL, sign_until_stopped, NULL) != 0) fail("a thread cannot be created");
  }
  /* All have connections and are in their loops. */
  while (atomic_load(&signatures) < 4 * count) sched_yield();
  atomic_store(&signatures, 0);
  return threads;
}

int main(int argc, char **argv) {
  size_t thread_count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0, count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
  if (count == 0) fail("usage: beside KEY THREADS CALLS");
  scwkms_error *error = NULL;
  key = argv[1];
  char uri[4096];
  const char *ca_file = getenv("SCWKMS_CA_FILE");
  if (ca_file == NULL) fail("SCWKMS_CA_FILE is not set: scwkms-emulator --env prints it");
  snprintf(uri, sizeof uri, "scwkms:verify=false;ca-file=%s", ca_file);
  client = scwkms_open(uri, &error);
  if (client == 0) fail(scwkms_error_message(error));
  call first = {0};
  load_public_key(&first);

  call *calls = calloc(count, sizeof *calls);
  pthread_t *threads = start_threads(thread_count);
  for (size_t i = 0; i < count; i++) load_public_key(&calls[i]);
  unsigned long signed_meanwhile = atomic_load(&signatures);
  atomic_store(&stopped, true);
  for (size_t i = 0; i < thread_count; i++) pthread_join(threads[i], NULL);
  scwkms_free(client);

  qsort(calls, count, sizeof *calls, compare);
  printf("{\"median_us\":%.3f,\"slowest_us\":%.3f,\"late_callbacks\":%lu,\"signatures\":%lu}\n",
         calls[count / 2].taken_us, calls[count - 1].taken_us, atomic_load(&late_callbacks), signed_meanwhile);
  free(calls);
  free(threads);
  return 0;
}
