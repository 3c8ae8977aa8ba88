#define _GNU_SOURCE
#include "results.h"

#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <scwkms.h>

enum { BUCKETS = 512, PER_DOUBLING = 16, SHOWN = 20 };

static const char *const MODE_NAMES[MODES] = {"blocking", "async", "churn"};

static const char *const OUTCOME_NAMES[OUTCOMES] = {
    [SCWKMS_OK] = "ok",
    [SCWKMS_ERROR_INVALID_ARGUMENT] = "invalid_argument",
    [SCWKMS_ERROR_INVALID_HANDLE] = "invalid_handle",
    [SCWKMS_ERROR_CONFIGURATION] = "configuration",
    [SCWKMS_ERROR_AUTHENTICATION] = "authentication",
    [SCWKMS_ERROR_PERMISSION_DENIED] = "permission_denied",
    [SCWKMS_ERROR_NOT_FOUND] = "not_found",
    [SCWKMS_ERROR_ALREADY_EXISTS] = "already_exists",
    [SCWKMS_ERROR_UNSUPPORTED] = "unsupported",
    [SCWKMS_ERROR_KEY_STATE] = "key_state",
    [SCWKMS_ERROR_RATE_LIMITED] = "rate_limited",
    [SCWKMS_ERROR_UNAVAILABLE] = "unavailable",
    [SCWKMS_ERROR_TIMEOUT] = "timeout",
    [SCWKMS_ERROR_NETWORK] = "network",
    [SCWKMS_ERROR_PROTOCOL] = "protocol",
    [SCWKMS_ERROR_INTEGRITY] = "integrity",
    [SCWKMS_ERROR_CANCELLED] = "cancelled",
    [SCWKMS_ERROR_INTERNAL] = "internal",
    [FREED] = "freed",
};

static atomic_long started[MODES][KINDS], ended[MODES][KINDS][OUTCOMES];
static atomic_long latencies[MODES][BUCKETS];
static atomic_long operations, wrong, lost;

double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void results_started(mode how, kind what) { atomic_fetch_add(&started[how][what], 1); }

/* The limits of the buckets start at a microsecond; 16 buckets double it. */
static size_t bucket_of(double seconds) {
  double place = log2(fmax(seconds * 1e6, 1)) * PER_DOUBLING;
  return place < BUCKETS - 1 ? (size_t)place : BUCKETS - 1;
}

void results_ended(mode how, kind what, int outcome, double seconds) {
  if (outcome < 0 || outcome >= OUTCOMES) {
    results_wrong("%d is not a code", outcome);
    return;
  }
  atomic_fetch_add(&ended[how][what][outcome], 1);
  atomic_fetch_add(&operations, 1);
  if (outcome == SCWKMS_OK) {
    atomic_fetch_add(&latencies[how][bucket_of(seconds)], 1);
  }
}

void results_wrong(const char *format, ...) {
  if (atomic_fetch_add(&wrong, 1) < SHOWN) {
    va_list arguments;
    va_start(arguments, format);
    flockfile(stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
    va_end(arguments);
  }
}

void results_lost(long lost_operations) { atomic_fetch_add(&lost, lost_operations); }

long results_operations(void) { return atomic_load(&operations); }

void results_reset(void) {
  memset(started, 0, sizeof started);
  memset(ended, 0, sizeof ended);
  memset(latencies, 0, sizeof latencies);
  atomic_store(&operations, 0);
}

/* The percentile of the successes, in milliseconds. */
static double percentile(mode how, double share) {
  long all = 0, seen = 0;
  for (size_t i = 0; i < BUCKETS; i++) {
    all += latencies[how][i];
  }
  for (size_t i = 0; i < BUCKETS; i++) {
    seen += latencies[how][i];
    if (all > 0 && (double)seen >= share * (double)all) {
      return exp2((double)(i + 1) / PER_DOUBLING) / 1e3;
    }
  }
  return 0;
}

static void print_kind(mode how, kind what) {
  printf("\"%s\":{\"started\":%ld", keys[what].algorithm, started[how][what]);
  for (int i = 0; i < OUTCOMES; i++) {
    if (ended[how][what][i] != 0) {
      printf(",\"%s\":%ld", OUTCOME_NAMES[i], ended[how][what][i]);
    }
  }
  printf("}");
}

static void print_mode(mode how) {
  printf("\"%s\":{\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"kinds\":{", MODE_NAMES[how], percentile(how, 0.5),
         percentile(how, 0.99));
  for (kind what = 0; what < KINDS; what++) {
    printf("%s", what == 0 ? "" : ",");
    print_kind(how, what);
  }
  printf("}}");
}

void results_print(double seconds) {
  printf("{\"seconds\":%.3f,\"operations\":%ld,\"wrong\":%ld,\"lost\":%ld,\"modes\":{", seconds, operations, wrong,
         lost);
  for (mode how = 0; how < MODES; how++) {
    printf("%s", how == 0 ? "" : ",");
    print_mode(how);
  }
  printf("}}\n");
  fflush(stdout);
}
