#define _GNU_SOURCE
#include "workers.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

plant planted = NOTHING;
long plant_every = 1000;
double patience = 60;
_Atomic scwkms_client shared;

static pthread_rwlock_t gate;
static atomic_bool closing, over;

void gate_init(void) {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  /* Else the workers, of which some always hold it, would never let it close. */
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&gate, &attributes);
  gate_close();
}

void gate_close(void) {
  atomic_store(&closing, true);
  pthread_rwlock_wrlock(&gate);
}

void gate_open(void) {
  atomic_store(&closing, false);
  pthread_rwlock_unlock(&gate);
}

bool round_begin(void) {
  pthread_rwlock_rdlock(&gate);
  if (atomic_load(&over)) {
    pthread_rwlock_unlock(&gate);
    return false;
  }
  return true;
}

bool round_is_over(void) { return atomic_load(&closing); }

void round_end(void) { pthread_rwlock_unlock(&gate); }

void run_is_over(void) {
  atomic_store(&over, true);
  gate_open();
}

scwkms_client open_client(void) {
  scwkms_error error = {0};
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), &error);
  if (client == 0) {
    fprintf(stderr, "%s\n", error.message);
    exit(2);
  }
  return client;
}

static void *stay(void *argument) {
  pause();
  return argument;
}

/* What is freed at the end only, as what a client would keep for as long as it lives. */
typedef struct hoarded {
  struct hoarded *next;
} hoarded;

static _Atomic(hoarded *) hoard;

static void add_to_hoard(void) {
  hoarded *added = malloc(sizeof *added);
  added->next = atomic_load(&hoard);
  while (!atomic_compare_exchange_weak(&hoard, &added->next, added)) {
  }
}

void free_hoard(void) {
  for (hoarded *next = atomic_exchange(&hoard, NULL); next != NULL;) {
    hoarded *after = next->next;
    free(next);
    next = after;
  }
}

/* Now and then. Gives whether the result is to be freed. */
static bool break_something(scwkms_buffer *result) {
  static atomic_long count;
  pthread_t thread;
  if (planted == NOTHING || (atomic_fetch_add(&count, 1) + 1) % plant_every != 0) {
    return true;
  }
  if (planted == HOARD) {
    add_to_hoard();
  } else if (planted == CORRUPT) {
    result->data[result->len - 1] ^= 1;
  } else if (planted == DESCRIPTOR && open("/dev/null", O_RDONLY) < 0) {
    perror("/dev/null");
  } else if (planted == THREAD && pthread_create(&thread, NULL, stay, NULL) != 0) {
    perror("a thread");
  }
  return planted != LEAK;
}

void conclude(mode how, const task *what, int32_t code, scwkms_buffer *result, double begun) {
  double seconds = now() - begun;
  bool is_mine = true;
  if (code == SCWKMS_OK) {
    is_mine = break_something(result);
    if (!task_holds(what, result)) {
      tally_wrong("%s: a result that does not hold", keys[what->what].algorithm);
    }
  } else if (result->data != NULL) {
    tally_wrong("%s: code %d, and a result all the same", keys[what->what].algorithm, (int)code);
  }
  if (is_mine) {
    scwkms_buffer_free(result);
  }
  tally_ended(how, what->what, code, seconds);
}

void *work_blocking(void *argument) {
  worker *self = argument;
  while (round_begin()) {
    while (!round_is_over()) {
      task what = task_of(next_random(&self->random), next_random(&self->random));
      scwkms_buffer result = {0};
      tally_started(BLOCKING, what.what);
      double begun = now();
      int32_t code = task_run(&what, atomic_load(&shared), &result);
      conclude(BLOCKING, &what, code, &result, begun);
    }
    round_end();
  }
  return NULL;
}
