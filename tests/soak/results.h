/* The outcomes of the operations. Any thread may count at any time. */
#ifndef RESULTS_H
#define RESULTS_H

#include "keys.h"

/* The way in which an operation was started. */
typedef enum mode { BLOCKING, ASYNC, CHURN, MODES } mode;

/* An outcome in addition to the library's codes: the client was freed before the result was taken. */
enum { FREED = 18, OUTCOMES };

double now(void); /* seconds */

void results_started(mode how, kind what);
void results_ended(mode how, kind what, int outcome, double seconds);

/* Counts an incorrect result; the first few are printed. */
void results_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Counts operations without an outcome after the wait limit. */
void results_lost(long lost_operations);

/* The number of operations that have ended. */
long results_operations(void);

/* Clears all counts except those of incorrect results and lost operations. */
void results_reset(void);

/* Prints a line of JSON. */
void results_print(double seconds);

#endif
