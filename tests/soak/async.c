/* Requests without a thread of their own: those of the shared client, and those whose client goes away under them. */
#define _GNU_SOURCE
#include "workers.h"

#include <stdlib.h>
#include <time.h>

enum { WINDOW = 96, CHURNED = 8 };

typedef struct queue queue;

/* A request, and where it is put when its callback is called. */
typedef struct slot {
  queue *home;
  struct slot *next;
  task what;
  scwkms_request request;
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

/* NULL once patience is at its end. */
static slot *queue_pop(queue *self) {
  double until = now() + patience;
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

static void called(void *context, scwkms_request request) {
  static atomic_long count;
  slot *self = context;
  (void)request;
  atomic_fetch_add(&self->calls, 1);
  if (planted == LOSE && (atomic_fetch_add(&count, 1) + 1) % plant_every == 0) {
    return;
  }
  queue_push(self->home, self);
}

static bool start(mode how, slot *self, scwkms_client client, worker *by) {
  self->what = task_of(next_random(&by->random), next_random(&by->random));
  atomic_store(&self->calls, 0);
  self->begun = now();
  tally_started(how, self->what.what);
  int32_t code = task_start(&self->what, client, called, self, &self->request);
  if (code != SCWKMS_OK) {
    tally_ended(how, self->what.what, code, 0);
    return false;
  }
  return true;
}

static void finish(mode how, slot *self) {
  scwkms_buffer result = {0};
  int32_t code = scwkms_wait(self->request, &result, NULL);
  conclude(how, &self->what, code, &result, self->begun);
  if (atomic_load(&self->calls) != 1) {
    tally_wrong("a callback was called %d times", atomic_load(&self->calls));
  }
}

void *work_async(void *argument) {
  worker *self = argument;
  /* Never freed: the callbacks of lost requests may yet come. */
  queue *done = calloc(1, sizeof *done);
  slot *slots = calloc(WINDOW, sizeof *slots), *idle[WINDOW];
  size_t free_slots = WINDOW;
  queue_init(done);
  for (size_t i = 0; i < WINDOW; i++) {
    slots[i].home = done;
    idle[i] = &slots[i];
  }
  while (round_begin()) {
    while (!round_is_over() || free_slots < WINDOW) {
      while (!round_is_over() && free_slots > 0) {
        slot *next = idle[free_slots - 1];
        if (start(ASYNC, next, atomic_load(&shared), self)) {
          free_slots--;
          if (next_random(&self->random) % 128 == 0) {
            scwkms_cancel(next->request);
          }
        }
      }
      slot *ended = queue_pop(done);
      if (ended == NULL) {
        tally_lost((long)(WINDOW - free_slots));
        round_end();
        return NULL;
      }
      finish(ASYNC, ended);
      idle[free_slots++] = ended;
    }
    round_end();
  }
  return NULL;
}

/* Clients that live for a moment: of their requests some are waited for, some are cancelled, and the rest are under way
 * when the client is freed. */
void *work_churn(void *argument) {
  worker *self = argument;
  while (round_begin()) {
    while (!round_is_over()) {
      queue done;
      slot slots[CHURNED];
      bool is_under_way[CHURNED], was_freed = false;
      queue_init(&done);
      scwkms_client client = open_client();
      for (size_t i = 0; i < CHURNED; i++) {
        slots[i].home = &done;
        is_under_way[i] = start(CHURN, &slots[i], client, self);
      }
      for (size_t i = 0; i < CHURNED; i++) {
        if (i == 5) {
          scwkms_free(client);
          was_freed = true;
        }
        if (!is_under_way[i]) {
          continue;
        }
        if (!was_freed) {
          if (i >= 3) {
            scwkms_cancel(slots[i].request);
          }
          finish(CHURN, &slots[i]);
          continue;
        }
        /* By now its callback has returned. */
        scwkms_buffer nothing = {0};
        int32_t code = scwkms_wait(slots[i].request, &nothing, NULL);
        if (code != SCWKMS_ERROR_INVALID_HANDLE || nothing.data != NULL || atomic_load(&slots[i].calls) != 1) {
          tally_wrong("after its client was freed: code %d, %d calls", (int)code, atomic_load(&slots[i].calls));
        }
        tally_ended(CHURN, slots[i].what.what, FREED, 0);
      }
    }
    round_end();
  }
  return NULL;
}
