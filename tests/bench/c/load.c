#include "load.h"

#include <getopt.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* The memory for latencies is allocated before the load, so their number has a limit. */
enum { SIGNATURES_LIMIT = 1000000 };

static const struct arguments *arguments;
static uint8_t digest[DIGEST_MAX];
static size_t digest_len = 32;
static uint64_t *latencies;
static atomic_long started;
static uint64_t deadline;
static pthread_barrier_t ready, go, done, leave;
static atomic_bool sampling = true;
static atomic_long threads_seen;

void die(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  va_end(values);
  fputc('\n', stderr);
  exit(1);
}

const char *setting(const char *name) {
  const char *value = getenv(name);
  if (value == NULL) die("%s is not set: scwkms-emulator --env prints it", name);
  return value;
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static double processor_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static long from_status(const char *name) {
  FILE *file = fopen("/proc/self/status", "r");
  char line[256];
  long value = 0;
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, name, strlen(name)) == 0) value = strtol(line + strlen(name), NULL, 10);
  }
  if (file != NULL) fclose(file);
  return value;
}

static void count_threads(void) {
  long threads = from_status("Threads:") - 1; /* without this one */
  if (threads > atomic_load(&threads_seen)) atomic_store(&threads_seen, threads);
}

static void *sample(void *unused) {
  const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
  (void)unused;
  while (atomic_load(&sampling)) {
    count_threads();
    nanosleep(&pause, NULL);
  }
  return NULL;
}

static void *work(void *result) {
  void *worker = worker_open(arguments);
  struct signature *signature = result;
  long warm_up = (arguments->warm_up + arguments->concurrency - 1) / arguments->concurrency;
  for (long i = 0; i < warm_up; i++) worker_sign(worker, digest, digest_len, signature);

  pthread_barrier_wait(&ready);
  pthread_barrier_wait(&go);
  for (;;) {
    uint64_t start = now();
    if (deadline != 0 && start >= deadline) break;
    long i = atomic_fetch_add(&started, 1);
    if (i >= arguments->signatures) break;
    worker_sign(worker, digest, digest_len, signature);
    latencies[i] = now() - start;
  }
  pthread_barrier_wait(&done);
  pthread_barrier_wait(&leave);
  worker_close(worker);
  return NULL;
}

static int compare(const void *a, const void *b) {
  uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

/* The nearest rank: the smallest latency that this share does not exceed. */
static double percentile_us(long count, long percent) {
  long rank = (count * percent + 99) / 100;
  return (double)latencies[rank > 0 ? rank - 1 : 0] / 1e3;
}

static void print_hex(const char *name, const uint8_t *bytes, size_t len) {
  printf(",\"%s\":\"", name);
  for (size_t i = 0; i < len; i++) printf("%02x", bytes[i]);
  putchar('"');
}

static void start(pthread_t *threads, struct signature *signatures, size_t workers) {
  pthread_barrier_t *barriers[] = {&ready, &go, &done, &leave};
  pthread_t sampler;
  for (size_t i = 0; i < 4; i++) pthread_barrier_init(barriers[i], NULL, (unsigned)workers + 1);
  for (size_t i = 0; i < workers; i++) {
    if (pthread_create(&threads[i], NULL, work, &signatures[i]) != 0) die("cannot start a thread");
  }
  /* Not joined: a program that makes one signature does not wait until this thread has slept. */
  if (pthread_create(&sampler, NULL, sample, NULL) != 0 || pthread_detach(sampler) != 0) die("cannot start a thread");
}

static void print_measurements(double seconds, double used, const struct signature *signatures) {
  long count = atomic_load(&started);
  if (count > arguments->signatures) count = arguments->signatures;
  long peak = from_status("VmHWM:");
  qsort(latencies, (size_t)count, sizeof *latencies, compare);
  printf("{\"signatures\":%ld,\"seconds\":%.6f,\"p50_us\":%.3f,\"p99_us\":%.3f", count, seconds,
         percentile_us(count, 50), percentile_us(count, 99));
  printf(",\"cpu_us_per_signature\":%.3f,\"peak_rss_kib\":%ld,\"threads\":%ld", used / (double)count, peak,
         atomic_load(&threads_seen));
  print_hex("digest_hex", digest, digest_len);
  while (signatures->len == 0) signatures++; /* a late thread may have made none */
  print_hex("signature_hex", signatures->bytes, signatures->len);
  puts("}");
}

void load(const struct arguments *given) {
  arguments = given;
  memset(digest, 0x5a, sizeof digest);
  size_t workers = (size_t)given->concurrency;
  pthread_t *threads = calloc(workers, sizeof *threads);
  struct signature *signatures = calloc(workers, sizeof *signatures);
  latencies = calloc((size_t)given->signatures, sizeof *latencies);
  start(threads, signatures, workers);
  pthread_barrier_wait(&ready);
  double used = processor_us();
  uint64_t begun = now();
  if (given->seconds > 0) deadline = begun + (uint64_t)(given->seconds * 1e9);
  pthread_barrier_wait(&go);
  pthread_barrier_wait(&done);
  double seconds = (double)(now() - begun) / 1e9;
  used = processor_us() - used;
  count_threads();
  atomic_store(&sampling, false);
  pthread_barrier_wait(&leave);
  for (size_t i = 0; i < workers; i++) pthread_join(threads[i], NULL);
  print_measurements(seconds, used, signatures);
  free(latencies);
  free(signatures);
  free(threads);
}

struct arguments parse_arguments(int argc, char **argv) {
  enum { KEY = 1, CONCURRENCY, SIGNATURES, SECONDS, WARM_UP, VERIFY, DIGEST, HTTP1 };
  static const struct option options[] = {
      {"key", required_argument, NULL, KEY},
      {"concurrency", required_argument, NULL, CONCURRENCY},
      {"signatures", required_argument, NULL, SIGNATURES},
      {"seconds", required_argument, NULL, SECONDS},
      {"warm-up", required_argument, NULL, WARM_UP},
      {"verify", required_argument, NULL, VERIFY},
      {"digest-length", required_argument, NULL, DIGEST},
      {"http1", no_argument, NULL, HTTP1},
      {0},
  };
  struct arguments parsed = {.concurrency = 1, .signatures = SIGNATURES_LIMIT, .warm_up = 100};
  int option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    switch (option) {
      case KEY: parsed.key = optarg; break;
      case CONCURRENCY: parsed.concurrency = strtol(optarg, NULL, 10); break;
      case SIGNATURES: parsed.signatures = strtol(optarg, NULL, 10); break;
      case SECONDS: parsed.seconds = strtod(optarg, NULL); break;
      case WARM_UP: parsed.warm_up = strtol(optarg, NULL, 10); break;
      case VERIFY: parsed.verify = strcmp(optarg, "true") == 0; break;
      case DIGEST: digest_len = strtoul(optarg, NULL, 10); break;
      case HTTP1: parsed.http1 = true; break;
      default: exit(2);
    }
  }
  bool counts = parsed.concurrency > 0 && parsed.signatures > 0 && parsed.signatures <= SIGNATURES_LIMIT;
  if (optind != argc || parsed.key == NULL || !counts || digest_len > DIGEST_MAX) {
    die("usage: %s --key ID [--concurrency N] [--signatures N] [--seconds S] [--warm-up N] [--verify true|false] "
        "[--digest-length N] [--http1]", argv[0]);
  }
  return parsed;
}
