/*
 * Signs and decrypts by every kind of call, for a given time, and checks each result.
 *
 *   soak --keys FOLDER --seconds S [--warm-up S] [--every S] [--wait-limit S] [--canary NAME] [--canary-every N]
 *
 * SCWKMS_URI names the service. When the program is ready it prints a line and waits for one; it ends early when
 * standard input ends. Each line that it prints is JSON: samples of the resources of the process, busy and at rest, and
 * the outcomes of the operations. The caller checks them.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sample.h"
#include "workers.h"

enum { BLOCKING_THREADS = 6, ASYNC_THREADS = 2, CHURN_THREADS = 1 };
enum { THREADS = BLOCKING_THREADS + ASYNC_THREADS + CHURN_THREADS };

/* The seconds after which a freed client has left nothing behind. Its task for direct connections ends last. */
static const double SETTLED = 6;

static struct {
  const char *keys;
  double seconds, warm_up, every;
} settings = {.seconds = 60, .warm_up = 5, .every = 1};

static void usage(void) {
  fprintf(stderr, "usage: soak --keys FOLDER --seconds S [--warm-up S] [--every S] [--wait-limit S] [--canary NAME] "
          "[--canary-every N]\n");
  exit(2);
}

static void set_canary(const char *name) {
  static const char *const NAMES[] = {"none", "leak", "retain", "corrupt", "lose", "descriptor", "thread"};
  for (canary_kind i = LEAK; i <= THREAD; i++) {
    if (strcmp(name, NAMES[i]) == 0) {
      canary = i;
      return;
    }
  }
  usage();
}

static void read_options(int argc, char **argv) {
  static const struct option OPTIONS[] = {
      {"keys", required_argument, NULL, 'k'},       {"seconds", required_argument, NULL, 's'},
      {"warm-up", required_argument, NULL, 'w'},    {"every", required_argument, NULL, 'e'},
      {"wait-limit", required_argument, NULL, 'l'}, {"canary", required_argument, NULL, 'c'},
      {"canary-every", required_argument, NULL, 'n'},
      {0},
  };
  for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
    switch (option) {
      case 'k': settings.keys = optarg; break;
      case 's': settings.seconds = strtod(optarg, NULL); break;
      case 'w': settings.warm_up = strtod(optarg, NULL); break;
      case 'e': settings.every = strtod(optarg, NULL); break;
      case 'l': wait_limit = strtod(optarg, NULL); break;
      case 'c': set_canary(optarg); break;
      case 'n': canary_every = strtol(optarg, NULL, 10); break;
      default: usage();
    }
  }
  if (settings.keys == NULL || settings.seconds <= 0 || settings.every <= 0 || canary_every <= 0 || optind != argc) {
    usage();
  }
}

/* Lets the workers run. The program ends if its parent has ended, which closes standard input. */
static void work_for(double seconds) {
  for (double end = now() + seconds; now() < end;) {
    struct pollfd parent = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&parent, 1, (int)((end - now()) * 1000) + 1) > 0) {
      fprintf(stderr, "standard input has ended\n");
      exit(3);
    }
  }
}

/* Prints a line with the state, and waits for a line. */
static void announce(const char *state) {
  char line[16];
  printf("{\"%s\":true}\n", state);
  fflush(stdout);
  /* Byte by byte: work_for() must see the input that follows the line. */
  for (size_t i = 0; i < sizeof line; i++) {
    if (read(STDIN_FILENO, &line[i], 1) != 1) {
      exit(3);
    }
    if (line[i] == '\n') {
      return;
    }
  }
}

/* Frees the client, and returns the resources that remain. */
static sample free_client(void) {
  scwkms_free(atomic_exchange(&shared, 0));
  free_retained();
  return sample_least(SETTLED);
}

static void start_threads(worker workers[THREADS]) {
  for (size_t i = 0; i < THREADS; i++) {
    workers[i].random = (i + 1) * 0x9e3779b97f4a7c15u;
    void *(*work)(void *) = i < BLOCKING_THREADS                   ? work_blocking
                            : i < BLOCKING_THREADS + ASYNC_THREADS ? work_async
                                                                   : work_churn;
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
      perror("a thread");
      exit(2);
    }
  }
}

/* After this, memory that is allocated once and kept has been allocated, so that later samples can be compared. */
static void warm_up(void) {
  resume_workers();
  work_for(settings.warm_up);
  pause_workers();
  results_reset();
  sample_print("before", 0, free_client());
  atomic_store(&shared, open_client());
}

int main(int argc, char **argv) {
  static worker workers[THREADS];
  read_options(argc, argv);
  pause_init();
  atomic_store(&shared, open_client());
  keys_load(settings.keys, atomic_load(&shared));
  start_threads(workers);
  announce("ready");
  warm_up();
  announce("warm");

  double begun = now();
  while (now() - begun < settings.seconds) {
    resume_workers();
    work_for(settings.every);
    sample_print("busy", now() - begun, sample_now());
    pause_workers();
    sample_print("rest", now() - begun, sample_now());
  }
  double seconds = now() - begun;
  sample_print("after", seconds, free_client());
  results_print(seconds);
  end_workers();
  for (size_t i = 0; i < THREADS; i++) {
    pthread_join(workers[i].thread, NULL);
  }
  return 0;
}
