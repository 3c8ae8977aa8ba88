/*
 * Loads the shared library, signs, and unloads it, many times.
 *
 *   dlopen_cycles LIBRARY URI KEY CYCLES
 *
 * The library stays in memory (-z nodelete), and the next dlopen() finds it. Memory mappings, threads and descriptors must
 * not grow.
 */
#define _GNU_SOURCE
#include <scwkms.h>

#include <dirent.h>
#include <dlfcn.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "../c/check.h"

enum {
  /* The first cycles map the library and memory of malloc(). */
  WARM_UP = 20,
  /* malloc() may map further memory, but not in each of a hundred cycles. */
  MORE_MAPPINGS = 10,
  LIMIT_SECONDS = 60,
};

static const char *path, *uri, *key;

typedef struct usage {
  size_t mappings, threads, descriptors;
} usage;

/* The address of a function cannot be converted to that of an object in ISO C. */
static void find(void *library, const char *name, void *address) {
  *(void **)address = dlsym(library, name);
  if (*(void **)address == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(2);
  }
}

static void sign(void *library, scwkms_client client) {
  __typeof__(&scwkms_sign) sign_blocking;
  __typeof__(&scwkms_sign_async) sign_async;
  __typeof__(&scwkms_wait) wait;
  __typeof__(&scwkms_buffer_free) buffer_free;
  find(library, "scwkms_sign", &sign_blocking);
  find(library, "scwkms_sign_async", &sign_async);
  find(library, "scwkms_wait", &wait);
  find(library, "scwkms_buffer_free", &buffer_free);
  const uint8_t digest[32] = {1};
  scwkms_buffer signature = {0};
  scwkms_operation operation = 0;
  int32_t code = sign_blocking(client, key, 0, digest, sizeof digest, &signature, NULL);
  CHECK(code == SCWKMS_OK && signature.len > 0, "%d", (int)code);
  buffer_free(&signature);
  code = sign_async(client, key, 0, digest, sizeof digest, NULL, &operation, NULL);
  CHECK(code == SCWKMS_OK && wait(operation, &signature, NULL) == SCWKMS_OK, "%d", (int)code);
  buffer_free(&signature);
}

static void cycle(void) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(2);
  }
  __typeof__(&scwkms_open) open;
  __typeof__(&scwkms_free) free_client;
  find(library, "scwkms_open", &open);
  find(library, "scwkms_free", &free_client);
  scwkms_client client = open(uri, NULL);
  CHECK(client != 0, "no client");
  sign(library, client);
  free_client(client);
  CHECK(dlclose(library) == 0, "%s", dlerror());
}

static void run(long cycles) {
  for (long i = 0; i < cycles; i++) {
    cycle();
  }
}

/* Includes "." and "..". */
static size_t entries(const char *folder) {
  size_t count = 0;
  DIR *opened = opendir(folder);
  CHECK(opened != NULL, "%s", folder);
  while (opened != NULL && readdir(opened) != NULL) {
    count++;
  }
  if (opened != NULL) {
    closedir(opened);
  }
  return count;
}

static size_t mappings(void) {
  size_t count = 0;
  int byte;
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps != NULL, "no maps");
  while (maps != NULL && (byte = fgetc(maps)) != EOF) {
    count += byte == '\n';
  }
  if (maps != NULL) {
    fclose(maps);
  }
  return count;
}

static usage measure(void) {
  return (usage){
      .mappings = mappings(), .threads = entries("/proc/self/task"), .descriptors = entries("/proc/self/fd")};
}

/* The library's thread closes connections and ends after scwkms_free() has returned, so this measures repeatedly. */
static usage settle(usage most) {
  const time_t until = time(NULL) + LIMIT_SECONDS;
  usage now = measure();
  while ((now.mappings > most.mappings || now.threads > most.threads || now.descriptors > most.descriptors) &&
         time(NULL) < until) {
    sched_yield();
    now = measure();
  }
  return now;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: %s LIBRARY URI KEY CYCLES\n", argv[0]);
    return 2;
  }
  path = argv[1];
  uri = argv[2];
  key = argv[3];
  usage most = measure();
  run(WARM_UP);
  most.mappings = mappings() + MORE_MAPPINGS;
  run(strtol(argv[4], NULL, 10));
  usage now = settle(most);
  CHECK(now.mappings <= most.mappings, "%zu mappings, at most %zu", now.mappings, most.mappings);
  CHECK(now.threads <= most.threads, "%zu threads, at most %zu", now.threads, most.threads);
  CHECK(now.descriptors <= most.descriptors, "%zu descriptors, at most %zu", now.descriptors, most.descriptors);
  return check_result();
}
