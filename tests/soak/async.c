/* Asynchronous operations: those of the shared client, and those of clients that are freed with operations in flight. */
#define _GNU_SOURCE
#include "workers.h"

#include <stdlib.h>
#include <time.h>

enum { WINDOW = 96, CHURNED = 8, WAITED = 5 /* of CHURNED */, NOT_CANCELLED = 3 /* of WAITED */ };

typedef struct queue queue;

/* An operation, and the queue in which its callback puts it. */
typedef struct slot {
  queue *home;
  struct slot *next;
  task what;
  scwkms_operation operation;
  double begun;
  atomic_int calls;
} slot;

struct queue {
  pthread_mutex_t mutex;
  pthread_cond_t filled;
  slot *first, *last;
};

static void queue_init(queue *self) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->filled, &attributes);
  self->first = self->last = NULL;
}

static void queue_push(queue *self, slot *added) {
  added->next = NULL;
  pthread_mutex_lock(&self->mutex);
  if (self->first == NULL) {
    self->first = added;
  } else {
    self->last->next = added;
  }
  self->last = added;
  pthread_cond_signal(&self->filled);
  pthread_mutex_unlock(&self->mutex);
}

/* NULL after the wait limit. */
static slot *queue_pop(queue *self) {
  double until = now() + wait_limit;
  struct timespec end = {.tv_sec = (time_t)until, .tv_nsec = (long)((until - (double)(time_t)until) * 1e9)};
  int waited = 0;
  pthread_mutex_lock(&self->mutex);
  while (self->first == NULL && waited == 0) {
    waited = pthread_cond_timedwait(&self->filled, &self->mutex, &end);
  }
  slot *found = self->first;
  if (found != NULL) {
    self->first = found->next;
  }
  pthread_mutex_unlock(&self->mutex);
  return found;
}

static void called(void *context, scwkms_operation operation) {
  static atomic_long count;
  slot *self = context;
  (void)operation;
  atomic_fetch_add(&self->calls, 1);
  if (canary == LOSE && (atomic_fetch_add(&count, 1) + 1) % canary_every == 0) {
    return;
  }
  queue_push(self->home, self);
}

static bool start(mode how, slot *self, scwkms_client client, worker *by) {
  self->what = task_of(next_random(&by->random), next_random(&by->random));
  atomic_store(&self->calls, 0);
  self->begun = now();
  results_started(how, self->what.what);
  int32_t code = task_start(&self->what, client, called, self, &self->operation);
  if (code != SCWKMS_OK) {
    results_ended(how, self->what.what, code, 0);
    return false;
  }
  return true;
}

static void finish(mode how, slot *self) {
  scwkms_buffer result = {0};
  int32_t code = scwkms_wait(self->operation, &result, NULL);
  conclude(how, &self->what, code, &result, self->begun);
  if (atomic_load(&self->calls) != 1) {
    results_wrong("a callback was called %d times", atomic_load(&self->calls));
  }
}

/* The slots of a thread and those that have no operation. */
typedef struct window {
  queue *done;
  slot *idle[WINDOW];
  size_t idle_count;
} window;

/* Never freed: the callbacks of lost operations may still come. */
static void window_init(window *self) {
  slot *slots = calloc(WINDOW, sizeof *slots);
  self->done = calloc(1, sizeof *self->done);
  queue_init(self->done);
  for (self->idle_count = 0; self->idle_count < WINDOW; self->idle_count++) {
    slots[self->idle_count].home = self->done;
    self->idle[self->idle_count] = &slots[self->idle_count];
  }
}

/* Starts operations until no slot is idle or the round ends. One in 128 is cancelled at once. */
static void window_fill(window *self, worker *by) {
  while (!round_is_over() && self->idle_count > 0) {
    slot *next = self->idle[self->idle_count - 1];
    if (start(ASYNC, next, atomic_load(&shared), by)) {
      self->idle_count--;
      if (next_random(&by->random) % 128 == 0) {
        scwkms_cancel(next->operation);
      }
    }
  }
}

/* Returns false if an operation was lost. */
static bool window_run(window *self, worker *by) {
  while (!round_is_over() || self->idle_count < WINDOW) {
    window_fill(self, by);
    slot *ended = queue_pop(self->done);
    if (ended == NULL) {
      results_lost((long)(WINDOW - self->idle_count));
      return false;
    }
    finish(ASYNC, ended);
    self->idle[self->idle_count++] = ended;
  }
  return true;
}

void *work_async(void *argument) {
  window own;
  bool complete = true;
  window_init(&own);
  while (complete && round_begin()) {
    complete = window_run(&own, argument);
    round_end();
  }
  return NULL;
}

/* After scwkms_free() the callback has returned, and there is no result. */
static void check_freed(slot *self) {
  scwkms_buffer nothing = {0};
  int32_t code = scwkms_wait(self->operation, &nothing, NULL);
  if (code != SCWKMS_ERROR_INVALID_HANDLE || nothing.data != NULL || atomic_load(&self->calls) != 1) {
    results_wrong("after its client was freed: code %d, %d calls", (int)code, atomic_load(&self->calls));
  }
  results_ended(CHURN, self->what.what, FREED, 0);
}

/* Of the operations of a new client some are waited for, some are cancelled, and the rest is in flight when the client
 * is freed. */
static void churn(worker *by) {
  queue done;
  slot slots[CHURNED];
  bool is_started[CHURNED];
  queue_init(&done);
  scwkms_client client = open_client();
  for (size_t i = 0; i < CHURNED; i++) {
    slots[i].home = &done;
    is_started[i] = start(CHURN, &slots[i], client, by);
  }
  for (size_t i = 0; i < WAITED; i++) {
    if (is_started[i]) {
      if (i >= NOT_CANCELLED) {
        scwkms_cancel(slots[i].operation);
      }
      finish(CHURN, &slots[i]);
    }
  }
  scwkms_free(client);
  for (size_t i = WAITED; i < CHURNED; i++) {
    if (is_started[i]) {
      check_freed(&slots[i]);
    }
  }
}

void *work_churn(void *argument) {
  while (round_begin()) {
    while (!round_is_over()) {
      churn(argument);
    }
    round_end();
  }
  return NULL;
}
