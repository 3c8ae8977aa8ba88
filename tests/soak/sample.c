#define _GNU_SOURCE
#include "sample.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "results.h"

/* The number of entries in a folder, without `.` and `..`. */
static long entries(const char *path) {
  DIR *folder = opendir(path);
  if (folder == NULL) {
    perror(path);
    exit(2);
  }
  long count = -2;
  while (readdir(folder) != NULL) {
    count++;
  }
  closedir(folder);
  return count;
}

static long resident(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1) {
    perror("/proc/self/statm");
    exit(2);
  }
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

sample sample_now(void) {
  sample taken = {.blocks = blocks_in_use(), .bytes = bytes_in_use()};
  taken.rss = resident();
  taken.fds = entries("/proc/self/fd") - 1; /* the one that reads the folder */
  taken.threads = entries("/proc/self/task");
  return taken;
}

void sample_print(const char *when, double seconds, sample self) {
  printf("{\"sample\":\"%s\",\"seconds\":%.3f,\"operations\":%ld,\"rss\":%ld,\"fds\":%ld,\"threads\":%ld,"
         "\"blocks\":%ld,\"bytes\":%ld}\n",
         when, seconds, results_operations(), self.rss, self.fds, self.threads, self.blocks, self.bytes);
  fflush(stdout);
}

static long smaller(long a, long b) { return a < b ? a : b; }

sample sample_least(double seconds) {
  sample least = sample_now();
  for (double end = now() + seconds; now() < end;) {
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    nanosleep(&pause, NULL);
    sample taken = sample_now();
    least.rss = smaller(least.rss, taken.rss);
    least.fds = smaller(least.fds, taken.fds);
    least.threads = smaller(least.threads, taken.threads);
    least.blocks = smaller(least.blocks, taken.blocks);
    least.bytes = smaller(least.bytes, taken.bytes);
  }
  return least;
}
