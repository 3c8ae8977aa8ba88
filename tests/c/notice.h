/* A callback for the tests of requests, which notes that it was called, and how to wait for that. */
#ifndef NOTICE_H
#define NOTICE_H

#include <scwkms.h>

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

enum { PATIENCE = 60 /* seconds; far above anything a healthy run takes */ };

typedef struct notice {
  int calls;
  scwkms_request request; /* what the last call was about */
  pthread_t thread;       /* where it was made */
} notice;

static pthread_mutex_t notice_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t notice_changed = PTHREAD_COND_INITIALIZER;

/* The callback; its context is a notice. */
static inline void notify(void *context, scwkms_request request) {
  notice *self = context;
  pthread_mutex_lock(&notice_mutex);
  self->calls++;
  self->request = request;
  self->thread = pthread_self();
  pthread_cond_broadcast(&notice_changed);
  pthread_mutex_unlock(&notice_mutex);
}

static inline int calls_of(const notice *self) {
  pthread_mutex_lock(&notice_mutex);
  int calls = self->calls;
  pthread_mutex_unlock(&notice_mutex);
  return calls;
}

/* Waits until the callback was called, and returns whether it was. */
static inline bool await_call(const notice *self) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += PATIENCE;
  int waited = 0;
  pthread_mutex_lock(&notice_mutex);
  while (self->calls == 0 && waited == 0) {
    waited = pthread_cond_timedwait(&notice_changed, &notice_mutex, &end);
  }
  bool called = self->calls > 0;
  pthread_mutex_unlock(&notice_mutex);
  return called;
}

/* Takes a request's result and throws it away. Returns the code. */
static inline int32_t outcome_of(scwkms_request request) {
  scwkms_buffer result = {0};
  int32_t code = scwkms_wait(request, &result, NULL);
  scwkms_buffer_free(&result);
  return code;
}

#endif
