/*
 * Measures encryption and decryption of a message that is processed in parts of 256 KiB:
 *
 *   throughput KEY MEGABYTES    prints megabytes per second of processor time for both, and the growth of memory in KiB
 */
#include <scwkms.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { PART = 262144, PARTS_PER_MB = 4 };
static uint8_t part[PART];

static void must(int32_t code) {
  if (code != SCWKMS_OK) {
    fprintf(stderr, "error %d\n", (int)code);
    exit(1);
  }
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long memory(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

static scwkms_client client;
static scwkms_data_key_cache *cache;
static const char *key;

/* Encrypts a message. With `message`, keeps it. */
static size_t encrypt(long megabytes, uint8_t *message) {
  scwkms_encryptor *encryptor = NULL;
  scwkms_buffer output = {0};
  size_t length = 0;
  must(scwkms_encryptor_new(client, key, NULL, 0, cache, &encryptor, NULL));
  for (long i = 0; i <= megabytes * PARTS_PER_MB; i++) {
    must(i < megabytes * PARTS_PER_MB ? scwkms_encryptor_update(encryptor, part, PART, &output, NULL)
                                      : scwkms_encryptor_finish(encryptor, &output, NULL));
    if (message != NULL) {
      memcpy(message + length, output.data, output.len);
    }
    length += output.len;
    scwkms_buffer_free(&output);
  }
  scwkms_encryptor_free(encryptor);
  return length;
}

static void decrypt(const uint8_t *message, size_t length) {
  scwkms_decryptor *decryptor = NULL;
  scwkms_buffer output = {0};
  size_t at = SCWKMS_ENVELOPE_MAX_HEADER_LEN;
  must(scwkms_decryptor_new(client, NULL, NULL, 0, cache, message, at, &decryptor, NULL));
  while (at < length) {
    size_t size = length - at < PART ? length - at : PART;
    must(scwkms_decryptor_update(decryptor, message + at, size, &output, NULL));
    scwkms_buffer_free(&output);
    at += size;
  }
  must(scwkms_decryptor_finish(decryptor, &output, NULL));
  scwkms_buffer_free(&output);
  scwkms_decryptor_free(decryptor);
}

int main(int argc, char **argv) {
  enum { KEPT = 4 };
  if (argc != 3) {
    fprintf(stderr, "usage: %s KEY MEGABYTES\n", argv[0]);
    return 2;
  }
  const long megabytes = atol(argv[2]);
  key = argv[1];
  client = scwkms_open(getenv("SCWKMS_URI"), NULL);
  must(scwkms_data_key_cache_new(client, NULL, &cache, NULL));
  uint8_t *message = malloc((KEPT + 1) * 1048576);
  size_t length = encrypt(KEPT, message);
  decrypt(message, length);
  long before = memory();
  double start = seconds();
  encrypt(megabytes, NULL);
  double encrypting = seconds() - start;
  start = seconds();
  for (long i = 0; i < megabytes / KEPT; i++) {
    decrypt(message, length);
  }
  double decrypting = seconds() - start;
  printf("encrypt %.0f\ndecrypt %.0f\nmemory %ld\n", (double)megabytes * 1.048576 / encrypting,
         (double)(megabytes / KEPT * KEPT) * 1.048576 / decrypting, memory() - before);
  free(message);
  scwkms_data_key_cache_free(cache);
  scwkms_free(client);
  return 0;
}
