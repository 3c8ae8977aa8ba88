/*
 * Makes chosen calls of the C library fail. The linker redirects the library's calls to local_calls.c (--wrap). Calls that
 * the C library makes itself, for example during a name lookup, are not redirected.
 */
#ifndef LOCAL_CALLS_H
#define LOCAL_CALLS_H

/* `open` stands for open() and open64(), `stat` for all functions that read metadata, `stderr` for write() to standard
 * error. */
#define LOCAL_CALLS(X)                                                                                              \
  X(pthread_create) X(pthread_atfork) X(epoll_create1) X(epoll_ctl) X(eventfd) X(fcntl) X(socket) X(connect) \
  X(setsockopt) X(getsockopt) X(getaddrinfo) X(open) X(read) X(stat) X(opendir) X(readdir) X(stderr) X(poll) X(send)  \
  X(writev) X(recv)

typedef enum local_call {
#define X(name) CALL_##name,
  LOCAL_CALLS(X)
#undef X
  CALL_COUNT
} local_call;

/* The call with a name, or CALL_COUNT. */
local_call local_call_named(const char *name);

/* Counts calls from now on; the first one has the number 1. The calls of a kind with the numbers `first` to `last` fail with
 * `error`: a value of errno, or one of EAI_*, which are negative. */
void inject(local_call call, int error, int first, int last);

/* No further call fails. Returns the number of calls that failed. */
int stop_injection(void);

/* The numbers since inject(): of calls that failed, and of all calls of one kind. */
int injected_faults(void);
int calls_made(local_call call);

/* The number of memory blocks that the library and this program have allocated and not freed. */
long live_blocks(void);

#endif
