/* For the tests of asynchronous operations: a callback that records its calls, and how to wait for it. */
#ifndef CALLBACK_H
#define CALLBACK_H

#include <scwkms.h>

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

enum { WAIT_LIMIT = 60 /* seconds; far more than a correct run takes */ };

/* The calls of a callback. */
typedef struct call_record {
  int calls;
  scwkms_operation operation; /* the argument of the last call */
  pthread_t thread;           /* the thread of the last call */
} call_record;

static pthread_mutex_t record_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t record_changed = PTHREAD_COND_INITIALIZER;

/* The options of an asynchronous call with a callback. They live until the end of the enclosing block. */
#define OPTIONS(function, argument) \
  (&(scwkms_async_options){.size = sizeof(scwkms_async_options), .callback = (function), .context = (argument)})

/* The options of an asynchronous call that records the call of its callback in `record`. */
#define RECORD(record) OPTIONS(record_call, record)

/* The callback; its context is a call_record. */
static inline void record_call(void *context, scwkms_operation operation) {
  call_record *self = context;
  pthread_mutex_lock(&record_mutex);
  self->calls++;
  self->operation = operation;
  self->thread = pthread_self();
  pthread_cond_broadcast(&record_changed);
  pthread_mutex_unlock(&record_mutex);
}

static inline int call_count(const call_record *self) {
  pthread_mutex_lock(&record_mutex);
  int calls = self->calls;
  pthread_mutex_unlock(&record_mutex);
  return calls;
}

/* Waits until the callback was called; returns false after WAIT_LIMIT. */
static inline bool wait_for_call(const call_record *self) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += WAIT_LIMIT;
  int waited = 0;
  pthread_mutex_lock(&record_mutex);
  while (self->calls == 0 && waited == 0) {
    waited = pthread_cond_timedwait(&record_changed, &record_mutex, &end);
  }
  bool called = self->calls > 0;
  pthread_mutex_unlock(&record_mutex);
  return called;
}

/* Waits for a signature, plaintext or ciphertext, frees it, and returns the code. */
static inline int32_t wait_code(scwkms_operation operation) {
  scwkms_buffer result = {0};
  int32_t code = scwkms_wait(operation, &result, NULL);
  scwkms_buffer_free(&result);
  return code;
}

/* The same for a public key. */
static inline int32_t wait_public_key_code(scwkms_operation operation) {
  scwkms_buffer result = {0};
  int32_t code = scwkms_wait_public_key(operation, &result, NULL, NULL);
  scwkms_buffer_free(&result);
  return code;
}

#endif
