/* The threads that make the load, and their shared state. */
#ifndef WORKERS_H
#define WORKERS_H

#include "results.h"

#include <pthread.h>
#include <stdatomic.h>

/* A defect that is made on purpose: the checks must report it. */
typedef enum canary_kind { NO_CANARY, LEAK, RETAIN, CORRUPT, LOSE, DESCRIPTOR, THREAD } canary_kind;

typedef struct worker {
  pthread_t thread;
  uint64_t random;
} worker;

extern canary_kind canary;
extern long canary_every;            /* results from one defect to the next */
extern double wait_limit;            /* seconds after which an operation counts as lost */
extern _Atomic scwkms_client shared; /* the client that all threads but those of churn use */

/* The functions of the threads. The argument is a worker. */
void *work_blocking(void *argument);
void *work_async(void *argument);
void *work_churn(void *argument);

/* Starts the workers, or stops them when all their operations have ended. They begin stopped. */
void pause_init(void);
void resume_workers(void);
void pause_workers(void);

/* For workers. A round lasts from resume_workers() to pause_workers(). */
bool round_begin(void); /* waits for the next round; false: there is none */
bool round_is_over(void);
void round_end(void);
void end_workers(void);

scwkms_client open_client(void);

/* Frees the blocks that the canary RETAIN holds. */
void free_retained(void);

/* Checks a result, makes the canary's defect, frees the result and counts it. */
void conclude(mode how, const task *what, int32_t code, scwkms_buffer *result, double begun);

#endif
