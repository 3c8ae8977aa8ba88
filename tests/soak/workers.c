#define _GNU_SOURCE
#include "workers.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

canary_kind canary = NO_CANARY;
long canary_every = 1000;
double wait_limit = 60;
_Atomic scwkms_client shared;

/* Workers hold it for reading during a round. */
static pthread_rwlock_t round_lock;
static atomic_bool pausing, ending;

void pause_init(void) {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  /* Without this preference the writer would wait for ever: some workers always hold the lock. */
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&round_lock, &attributes);
  pause_workers();
}

void pause_workers(void) {
  atomic_store(&pausing, true);
  pthread_rwlock_wrlock(&round_lock);
}

void resume_workers(void) {
  atomic_store(&pausing, false);
  pthread_rwlock_unlock(&round_lock);
}

bool round_begin(void) {
  pthread_rwlock_rdlock(&round_lock);
  if (atomic_load(&ending)) {
    pthread_rwlock_unlock(&round_lock);
    return false;
  }
  return true;
}

bool round_is_over(void) { return atomic_load(&pausing); }

void round_end(void) { pthread_rwlock_unlock(&round_lock); }

void end_workers(void) {
  atomic_store(&ending, true);
  resume_workers();
}

scwkms_client open_client(void) {
  scwkms_error *error = NULL;
  scwkms_client client = scwkms_open(getenv("SCWKMS_URI"), &error);
  if (client == 0) {
    fprintf(stderr, "%s\n", scwkms_error_message(error));
    exit(2);
  }
  return client;
}

static void *stay(void *argument) {
  pause();
  return argument;
}

/* Blocks that are freed with the client only, as if the client kept them. */
typedef struct retained_block {
  struct retained_block *next;
} retained_block;

static _Atomic(retained_block *) retained;

static void retain_block(void) {
  retained_block *added = malloc(sizeof *added);
  added->next = atomic_load(&retained);
  while (!atomic_compare_exchange_weak(&retained, &added->next, added)) {
  }
}

void free_retained(void) {
  for (retained_block *next = atomic_exchange(&retained, NULL); next != NULL;) {
    retained_block *after = next->next;
    free(next);
    next = after;
  }
}

/* Makes a defect in every canary_every-th call. Returns whether the caller frees the result. */
static bool make_defect(scwkms_buffer *result) {
  static atomic_long count;
  pthread_t thread;
  if (canary == NO_CANARY || (atomic_fetch_add(&count, 1) + 1) % canary_every != 0) {
    return true;
  }
  if (canary == RETAIN) {
    retain_block();
  } else if (canary == CORRUPT) {
    result->data[result->len - 1] ^= 1;
  } else if (canary == DESCRIPTOR && open("/dev/null", O_RDONLY) < 0) {
    perror("/dev/null");
  } else if (canary == THREAD && pthread_create(&thread, NULL, stay, NULL) != 0) {
    perror("a thread");
  }
  return canary != LEAK;
}

void conclude(mode how, const task *what, int32_t code, scwkms_buffer *result, double begun) {
  double seconds = now() - begun;
  bool frees = true;
  if (code == SCWKMS_OK) {
    frees = make_defect(result);
    if (!task_holds(what, result)) {
      results_wrong("%s: an incorrect result", keys[what->what].algorithm);
    }
  } else if (result->data != NULL) {
    results_wrong("%s: code %d and a result", keys[what->what].algorithm, (int)code);
  }
  if (frees) {
    scwkms_buffer_free(result);
  }
  results_ended(how, what->what, code, seconds);
}

void *work_blocking(void *argument) {
  worker *self = argument;
  while (round_begin()) {
    while (!round_is_over()) {
      task what = task_of(next_random(&self->random), next_random(&self->random));
      scwkms_buffer result = {0};
      results_started(BLOCKING, what.what);
      double begun = now();
      int32_t code = task_run(&what, atomic_load(&shared), &result);
      conclude(BLOCKING, &what, code, &result, begun);
    }
    round_end();
  }
  return NULL;
}
