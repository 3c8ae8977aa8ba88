/* The functions to which the linker redirects calls: tests/injection/run.py passes --wrap for each __wrap_ function. */
#define _GNU_SOURCE
#include "local_calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static struct {
  local_call call;
  int error, first, last;
} fault = {.call = CALL_COUNT};
static atomic_bool active;
static atomic_int counts[CALL_COUNT], failed;
static atomic_long blocks;

local_call local_call_named(const char *name) {
  static const char *const names[] = {
#define X(name) #name,
      LOCAL_CALLS(X)
#undef X
  };
  int call = 0;
  while (call < CALL_COUNT && strcmp(names[call], name) != 0) {
    call++;
  }
  return (local_call)call;
}

void inject(local_call call, int error, int first, int last) {
  fault.call = call;
  fault.error = error;
  fault.first = first;
  fault.last = last;
  for (int i = 0; i < CALL_COUNT; i++) {
    atomic_store(&counts[i], 0);
  }
  atomic_store(&failed, 0);
  atomic_store(&active, true);
}

int stop_injection(void) {
  atomic_store(&active, false);
  return injected_faults();
}

int injected_faults(void) { return atomic_load(&failed); }

int calls_made(local_call call) { return atomic_load(&counts[call]); }

long live_blocks(void) { return atomic_load(&blocks); }

/* Counts a call. Returns the error with which it fails, or 0. */
static int fault_of(local_call call) {
  if (!atomic_load(&active)) {
    return 0;
  }
  int number = atomic_fetch_add(&counts[call], 1) + 1;
  if (call != fault.call || number < fault.first || number > fault.last) {
    return 0;
  }
  atomic_fetch_add(&failed, 1);
  return fault.error;
}

/* The same for a call that reports its error in errno. */
static bool fails(local_call call) {
  int error = fault_of(call);
  if (error != 0) {
    errno = error;
  }
  return error != 0;
}

#define REDIRECT(result, failure, call, name, parameters, arguments) \
  result __real_##name parameters;                                   \
  result __wrap_##name parameters { return fails(CALL_##call) ? (failure) : __real_##name arguments; }

REDIRECT(int, -1, epoll_create1, epoll_create1, (int flags), (flags))
REDIRECT(int, -1, epoll_ctl, epoll_ctl, (int epoll, int action, int fd, struct epoll_event *event),
         (epoll, action, fd, event))
REDIRECT(int, -1, eventfd, eventfd, (unsigned count, int flags), (count, flags))
REDIRECT(int, -1, socket, socket, (int domain, int type, int protocol), (domain, type, protocol))
REDIRECT(int, -1, connect, connect, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length))
REDIRECT(int, -1, setsockopt, setsockopt, (int fd, int level, int name, const void *value, socklen_t length),
         (fd, level, name, value, length))
REDIRECT(int, -1, getsockopt, getsockopt, (int fd, int level, int name, void *value, socklen_t *length),
         (fd, level, name, value, length))
REDIRECT(ssize_t, -1, read, read, (int fd, void *data, size_t size), (fd, data, size))
REDIRECT(ssize_t, -1, send, send, (int fd, const void *data, size_t size, int flags), (fd, data, size, flags))
REDIRECT(ssize_t, -1, writev, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
REDIRECT(ssize_t, -1, recv, recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))
REDIRECT(int, -1, poll, poll, (struct pollfd *fds, nfds_t count, int timeout), (fds, count, timeout))
REDIRECT(DIR *, NULL, opendir, opendir, (const char *path), (path))
REDIRECT(struct dirent64 *, NULL, readdir, readdir64, (DIR *folder), (folder))
REDIRECT(int, -1, stat, stat64, (const char *path, struct stat64 *data), (path, data))
REDIRECT(int, -1, stat, fstat64, (int fd, struct stat64 *data), (fd, data))
REDIRECT(int, -1, stat, statx, (int folder, const char *path, int flags, unsigned mask, struct statx *data),
         (folder, path, flags, mask, data))

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size) {
  return fd == STDERR_FILENO && fails(CALL_stderr) ? -1 : __real_write(fd, data, size);
}

/* The library opens files for reading, so there is no third argument. */
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...) { return fails(CALL_open) ? -1 : __real_open(path, flags); }
int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...) { return fails(CALL_open) ? -1 : __real_open64(path, flags); }

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  int argument = va_arg(arguments, int);
  va_end(arguments);
  return fails(CALL_fcntl) ? -1 : __real_fcntl(fd, command, argument);
}

/* These functions return their error. */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  int error = fault_of(CALL_pthread_create);
  return error != 0 ? error : __real_pthread_create(thread, attributes, run, argument);
}

int __real_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int __wrap_pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
  int error = fault_of(CALL_pthread_atfork);
  return error != 0 ? error : __real_pthread_atfork(prepare, parent, child);
}

/* A positive error is an error of the system. The emulator listens on IPv4. Systems differ in whether localhost also has
 * an IPv6 address, to which a further attempt would be made. */
int __real_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result);
int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  int error = fault_of(CALL_getaddrinfo);
  if (error > 0) {
    errno = error;
    return EAI_SYSTEM;
  }
  struct addrinfo ipv4 = hints != NULL ? *hints : (struct addrinfo){0};
  ipv4.ai_family = AF_INET;
  return error != 0 ? error : __real_getaddrinfo(node, service, &ipv4, result);
}

static void *counted(void *block) {
  atomic_fetch_add(&blocks, block != NULL);
  return block;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size) { return counted(__real_malloc(size)); }

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size) { return counted(__real_calloc(count, size)); }

void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size) {
  return block == NULL ? counted(__real_realloc(NULL, size)) : __real_realloc(block, size);
}

int __real_posix_memalign(void **block, size_t alignment, size_t size);
int __wrap_posix_memalign(void **block, size_t alignment, size_t size) {
  int error = __real_posix_memalign(block, alignment, size);
  if (error == 0) {
    counted(*block);
  }
  return error;
}

void __real_free(void *block);
void __wrap_free(void *block) {
  atomic_fetch_sub(&blocks, block != NULL);
  __real_free(block);
}
