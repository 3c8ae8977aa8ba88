/*
 * The cost of many keys and many clients: growth CLIENTS SIGNATURES < KEYS, a key id on each line.
 *
 * Every client signs once with every key, and so caches all keys. Then SIGNATURES are made, with one client and key
 * after the other. The output is a line of JSON: the memory of the clients and keys beyond the first, and the median
 * time of a signature.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <scwkms.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEYS_MAX = 20000, KEY_LEN = 64 };

static char keys[KEYS_MAX][KEY_LEN];
static const uint8_t digest[32] = {0x5a};

static void fail(const char *message) {
  fprintf(stderr, "%s\n", message);
  exit(1);
}

static void sign(scwkms_client client, const char *key) {
  scwkms_error *error = NULL;
  scwkms_buffer signature = {0};
  if (scwkms_sign(client, key, 0, digest, sizeof digest, &signature, &error) != SCWKMS_OK) {
    fail(scwkms_error_message(error));
  }
  scwkms_buffer_free(&signature);
}

static scwkms_client open_client(void) {
  scwkms_error *error = NULL;
  char uri[4096];
  const char *ca_file = getenv("SCWKMS_CA_FILE");
  if (ca_file == NULL) fail("SCWKMS_CA_FILE is not set: scwkms-emulator --env prints it");
  snprintf(uri, sizeof uri, "scwkms:ca-file=%s", ca_file);
  scwkms_client client = scwkms_open(uri, &error);
  if (client == 0) fail(scwkms_error_message(error));
  return client;
}

static double heap(void) {
  struct mallinfo2 info = mallinfo2();
  return (double)(info.uordblks + info.hblkhd);
}

static double resident(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1) fail("no /proc/self/statm");
  fclose(file);
  return (double)pages * 4096;
}

static double now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static size_t read_keys(void) {
  size_t count = 0;
  while (count < KEYS_MAX && fgets(keys[count], KEY_LEN, stdin) != NULL) {
    keys[count][strcspn(keys[count], "\n")] = 0;
    count++;
  }
  return count;
}

static double median_us(const scwkms_client *clients, size_t client_count, size_t key_count, size_t signatures) {
  double *times = calloc(signatures, sizeof *times);
  for (size_t i = 0; i < signatures; i++) {
    double start = now_us();
    sign(clients[i % client_count], keys[i % key_count]);
    times[i] = now_us() - start;
  }
  qsort(times, signatures, sizeof *times, compare);
  double median = times[signatures / 2];
  free(times);
  return median;
}

int main(int argc, char **argv) {
  size_t client_count = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
  size_t signatures = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
  if (client_count == 0 || signatures == 0) fail("usage: growth CLIENTS SIGNATURES < KEYS");
  /* One heap for all threads: glibc reports the use of its main heap only. */
  mallopt(M_ARENA_MAX, 1);
  size_t key_count = read_keys();
  scwkms_client *clients = calloc(client_count, sizeof *clients);
  clients[0] = open_client();
  /* Some signatures, so that the connection has allocated its memory. */
  for (int i = 0; i < 20; i++) sign(clients[0], keys[0]);

  double heap_before = heap(), resident_before = resident();
  for (size_t i = 0; i < client_count; i++) {
    if (i > 0) clients[i] = open_client();
    for (size_t k = 0; k < key_count; k++) sign(clients[i], keys[k]);
  }
  double grown_heap = heap() - heap_before, grown_resident = resident() - resident_before;
  printf("{\"clients\":%zu,\"keys\":%zu,\"heap_bytes\":%.0f,\"resident_bytes\":%.0f,\"signature_us\":%.3f}\n",
         client_count, key_count, grown_heap, grown_resident, median_us(clients, client_count, key_count, signatures));
  for (size_t i = 0; i < client_count; i++) scwkms_free(clients[i]);
  free(clients);
  return 0;
}
