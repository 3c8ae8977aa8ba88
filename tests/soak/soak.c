/*
 * Signs and decrypts with all that the library offers, for as long as it is told, and checks each result.
 *
 *   soak --keys FOLDER --seconds S [--warm-up S] [--every S] [--patience S] [--plant NAME] [--plant-every N]
 *
 * SCWKMS_URI names the service. When it is ready it says so and waits for a line; it ends early when standard input
 * does. Each line that it prints is JSON: samples of what the process holds, busy and at rest, and what became of the
 * operations. Whether that is as it should be is for its caller to judge.
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

/* What a freed client leaves behind is gone after this many seconds: the longest is what looks after its lanes. */
static const double SETTLED = 6;

static struct {
  const char *keys;
  double seconds, warm_up, every;
} asked = {.seconds = 60, .warm_up = 5, .every = 1};

static void read_options(int argc, char **argv) {
  static const struct option OPTIONS[] = {
      {"keys", required_argument, NULL, 'k'},    {"seconds", required_argument, NULL, 's'},
      {"warm-up", required_argument, NULL, 'w'}, {"every", required_argument, NULL, 'e'},
      {"patience", required_argument, NULL, 'p'}, {"plant", required_argument, NULL, 'x'},
      {"plant-every", required_argument, NULL, 'n'},
      {0},
  };
  static const char *const PLANTS[] = {"nothing", "leak", "hoard", "corrupt", "lose", "descriptor", "thread"};
  for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
    switch (option) {
      case 'k': asked.keys = optarg; break;
      case 's': asked.seconds = strtod(optarg, NULL); break;
      case 'w': asked.warm_up = strtod(optarg, NULL); break;
      case 'e': asked.every = strtod(optarg, NULL); break;
      case 'p': patience = strtod(optarg, NULL); break;
      case 'n': plant_every = strtol(optarg, NULL, 10); break;
      case 'x':
        for (plant i = NOTHING; i <= THREAD; i++) {
          planted = strcmp(optarg, PLANTS[i]) == 0 ? i : planted;
        }
        if (planted != NOTHING) break;
        __attribute__((fallthrough));
      default: exit(2);
    }
  }
  if (asked.keys == NULL || asked.seconds <= 0 || asked.every <= 0 || plant_every <= 0 || optind != argc) {
    fprintf(stderr, "usage: soak --keys FOLDER --seconds S [--warm-up S] [--every S] [--patience S] [--plant NAME] "
            "[--plant-every N]\n");
    exit(2);
  }
}

/* Works on, unless whoever started the program is gone. */
static void work_for(double seconds) {
  for (double end = now() + seconds; now() < end;) {
    struct pollfd parent = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&parent, 1, (int)((end - now()) * 1000) + 1) > 0) {
      fprintf(stderr, "standard input has ended\n");
      exit(3);
    }
  }
}

static void say(const char *what) {
  char line[16];
  printf("{\"%s\":true}\n", what);
  fflush(stdout);
  /* Byte by byte, so that nothing is taken that work_for() looks for. */
  for (size_t i = 0; i < sizeof line; i++) {
    if (read(STDIN_FILENO, &line[i], 1) != 1) {
      exit(3);
    }
    if (line[i] == '\n') {
      return;
    }
  }
}

/* Frees the client, and gives what is left after that. */
static sample let_go(void) {
  scwkms_free(atomic_exchange(&shared, 0));
  free_hoard();
  return sample_least(SETTLED);
}

int main(int argc, char **argv) {
  static worker workers[THREADS];
  read_options(argc, argv);
  gate_init();
  atomic_store(&shared, open_client());
  keys_load(asked.keys, atomic_load(&shared));
  for (size_t i = 0; i < THREADS; i++) {
    workers[i].random = (i + 1) * 0x9e3779b97f4a7c15u;
    void *(*work)(void *) = i < BLOCKING_THREADS                   ? work_blocking
                            : i < BLOCKING_THREADS + ASYNC_THREADS ? work_async
                                                                   : work_churn;
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
      perror("a thread");
      return 2;
    }
  }
  say("ready");

  /* What is made once and kept has been made by the end of this, so that the rest can be compared with it. */
  gate_open();
  work_for(asked.warm_up);
  gate_close();
  tally_reset();
  sample_print("before", 0, let_go());
  atomic_store(&shared, open_client());
  say("warm");

  double begun = now();
  while (now() - begun < asked.seconds) {
    gate_open();
    work_for(asked.every);
    sample_print("busy", now() - begun, sample_now());
    gate_close();
    sample_print("rest", now() - begun, sample_now());
  }
  double seconds = now() - begun;
  sample_print("after", seconds, let_go());
  tally_print(seconds);
  run_is_over();
  for (size_t i = 0; i < THREADS; i++) {
    pthread_join(workers[i].thread, NULL);
  }
  return 0;
}
