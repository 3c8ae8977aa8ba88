/*
 * Signs many files at once with one thread:
 *
 *     sha256sum FILE... | sign_async KEY
 *
 * writes the signature of each FILE to FILE.sig. A callback writes to a pipe when a result is available. The program waits
 * for this pipe with poll(), as for other descriptors in an event loop.
 */

#include <poll.h>
#include <scwkms.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The operations in flight. A pipe holds more of their numbers, so that write() never blocks the callback. */
#define MAX_JOBS 1024
#define DIGEST_LEN 32

struct job {
  scwkms_operation operation;
  char file[1024];
};

static struct job jobs[MAX_JOBS];
static size_t job_count;
static int ends[2]; /* of the pipe */

/* Prints and frees an error. */
static int fail(const char *what, scwkms_error *error) {
  fprintf(stderr, "%s: %s\n", what, scwkms_error_message(error));
  scwkms_error_free(error);
  return 1;
}

/* Runs on the library's thread: it only informs the event loop. */
static void completed(void *context, scwkms_operation operation) {
  const int *end = context;
  if (write(*end, &operation, sizeof operation) != (ssize_t)sizeof operation) {
    perror("write");
  }
}

/* Reads a line of sha256sum: 64 hexadecimal digits, two characters, a file name. */
static int parse(const char *line, uint8_t digest[DIGEST_LEN], char *file) {
  for (size_t i = 0; i < DIGEST_LEN; i++) {
    if (sscanf(line + 2 * i, "%2hhx", &digest[i]) != 1) {
      return 0;
    }
  }
  return sscanf(line + (size_t)2 * DIGEST_LEN, "%*2c%1000[^\n]", file) == 1;
}

static int start(scwkms_client client, const char *key, const char *line) {
  scwkms_error *error = NULL;
  scwkms_async_options options = {.size = sizeof options, .callback = completed, .context = &ends[1]};
  struct job *job = &jobs[job_count];
  uint8_t digest[DIGEST_LEN];
  if (job_count == MAX_JOBS || !parse(line, digest, job->file)) {
    fprintf(stderr, "too many files, or not a line of sha256sum: %s", line);
    return 1;
  }
  if (scwkms_sign_async(client, key, 0, digest, sizeof digest, &options, &job->operation, &error) != SCWKMS_OK) {
    return fail(job->file, error);
  }
  job_count++;
  return 0;
}

static int write_signature(const char *file, const scwkms_buffer *signature) {
  char name[sizeof jobs->file + 4];
  snprintf(name, sizeof name, "%s.sig", file);
  FILE *output = fopen(name, "wb");
  if (output == NULL) {
    perror(name);
    return 1;
  }
  size_t written = fwrite(signature->data, 1, signature->len, output);
  return fclose(output) != 0 || written != signature->len;
}

/* Takes the result of an operation, which is available. */
static int finish(scwkms_operation operation) {
  scwkms_error *error = NULL;
  scwkms_buffer signature = {0};
  size_t i = 0;
  while (jobs[i].operation != operation) {
    i++;
  }
  if (scwkms_wait(operation, &signature, &error) != SCWKMS_OK) {
    return fail(jobs[i].file, error);
  }
  int failed = write_signature(jobs[i].file, &signature);
  scwkms_buffer_free(&signature);
  return failed;
}

/* The event loop. A real one has more descriptors. */
static int run(void) {
  int failed = 0;
  for (size_t done = 0; done < job_count; done++) {
    struct pollfd event = {.fd = ends[0], .events = POLLIN};
    scwkms_operation operation;
    if (poll(&event, 1, -1) < 0 || read(ends[0], &operation, sizeof operation) != (ssize_t)sizeof operation) {
      perror("poll");
      return 1;
    }
    failed |= finish(operation);
  }
  return failed;
}

int main(int argc, char **argv) {
  scwkms_error *error = NULL;
  char line[sizeof jobs->file];
  int failed = 0;

  if (argc != 2 || pipe(ends) != 0) {
    fprintf(stderr, "usage: sha256sum FILE... | %s KEY\n", argv[0]);
    return 2;
  }
  scwkms_client client = scwkms_open("scwkms:", &error);
  if (client == 0) {
    return fail(argv[1], error);
  }
  while (fgets(line, sizeof line, stdin) != NULL) {
    failed |= start(client, argv[1], line);
  }
  failed |= run();
  scwkms_free(client);
  return failed;
}
