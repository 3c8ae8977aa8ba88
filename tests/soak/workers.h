/* The threads that make the load, and what they share. */
#ifndef WORKERS_H
#define WORKERS_H

#include "tally.h"

#include <pthread.h>
#include <stdatomic.h>

/* What is broken on purpose, to show that it is noticed. */
typedef enum plant { NOTHING, LEAK, HOARD, CORRUPT, LOSE, DESCRIPTOR, THREAD } plant;

typedef struct worker {
  pthread_t thread;
  uint64_t random;
} worker;

extern plant planted;
extern long plant_every;              /* so many results */
extern double patience;               /* seconds; beyond that a request is lost */
extern _Atomic scwkms_client shared;  /* the client that lives as long as the run */

/* Each is given a worker. */
void *work_blocking(void *argument);
void *work_async(void *argument);
void *work_churn(void *argument);

/* Lets the workers work, or stops them once all that they started has ended. They begin stopped. */
void gate_init(void);
void gate_open(void);
void gate_close(void);

/* For workers: a round goes from one to the other. */
bool round_begin(void); /* false: the run is over */
bool round_is_over(void);
void round_end(void);
void run_is_over(void);

scwkms_client open_client(void);

/* Frees what was hoarded. */
void free_hoard(void);

/* Checks a result, does what is planted, frees the result and counts it. */
void conclude(mode how, const task *what, int32_t code, scwkms_buffer *result, double begun);

#endif
