/* What became of the operations. Any thread may count at any time. */
#ifndef TALLY_H
#define TALLY_H

#include "keys.h"

/* How an operation was asked for. */
typedef enum mode { BLOCKING, ASYNC, CHURN, MODES } mode;

/* Beside the library's codes: its client was freed before the result was taken. */
enum { FREED = 18, OUTCOMES };

double now(void); /* seconds */

void tally_started(mode how, kind what);
void tally_ended(mode how, kind what, int outcome, double seconds);

/* Something that must never be; the first few are printed. */
void tally_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* So many requests have waited for longer than any may take. */
void tally_lost(long requests);

long tally_operations(void); /* that have ended */

/* Forgets all but what was wrong or lost. */
void tally_reset(void);

/* A line of JSON. */
void tally_print(double seconds);

#endif
