/* The resources that the process uses. */
#ifndef SAMPLE_H
#define SAMPLE_H

typedef struct sample {
  long rss;     /* bytes */
  long fds;
  long threads;
  long blocks;  /* in use, counted by the allocator */
  long bytes;
} sample;

sample sample_now(void);

/* Prints a line of JSON. `when` is the state of the process: busy, at rest, before the first or after the last client. */
void sample_print(const char *when, double seconds, sample self);

/* The smallest value of each figure over some seconds: the library's thread cleans up after a client was freed. */
sample sample_least(double seconds);

#endif
