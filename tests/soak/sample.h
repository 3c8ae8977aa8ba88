/* What the process holds. */
#ifndef SAMPLE_H
#define SAMPLE_H

typedef struct sample {
  long rss;     /* bytes */
  long fds;
  long threads;
  long blocks;  /* in use, as the allocator has it */
  long bytes;
} sample;

sample sample_now(void);

/* A line of JSON: `when` says what the process was doing. */
void sample_print(const char *when, double seconds, sample self);

/* The least of each figure over a while, since what a freed client leaves to the library's thread is done in time. */
sample sample_least(double seconds);

#endif
