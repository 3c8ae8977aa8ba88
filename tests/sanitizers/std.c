/*
 * Tells the thread sanitizer how Rust's standard library synchronises threads. The library is compiled without the
 * sanitizer, which therefore does not see the order that its atomics establish. It does not support fences either. This
 * suppresses no report: each function here describes the synchronisation of the function that it wraps, and no more.
 *
 * std.py writes std.h, which defines the functions' names, and makes the linker wrap them (--wrap).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "std.h"

void __tsan_acquire(void *place);
void __tsan_release(void *place);

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define WRAP(name) JOIN(__wrap_, name)
#define REAL(name) JOIN(__real_, name)

/* An acquire fence after a decrement, such as that of an Arc's last reference, orders this thread after the decrements
 * of other threads. The sanitizer stores that order with the counter, so acquiring the counter is equivalent. */
static _Thread_local void *decremented;

uint64_t __real___tsan_atomic64_fetch_sub(volatile uint64_t *place, uint64_t value, int order);
uint64_t __wrap___tsan_atomic64_fetch_sub(volatile uint64_t *place, uint64_t value, int order) {
  decremented = (void *)place;
  return __real___tsan_atomic64_fetch_sub(place, value, order);
}

void __real___tsan_atomic_thread_fence(int order);
void __wrap___tsan_atomic_thread_fence(int order) {
  __real___tsan_atomic_thread_fence(order);
  if (decremented != NULL) {
    __tsan_acquire(decremented);
    decremented = NULL;
  }
}

/* The uncontended paths, and all unlocking, are inlined into the caller, where the sanitizer sees them. */
#define LOCKS(name)                                                                                                    \
  void REAL(name)(void *lock);                                                                                         \
  void WRAP(name)(void *lock) {                                                                                        \
    REAL(name)(lock);                                                                                                  \
    __tsan_acquire(lock);                                                                                              \
  }

#ifdef MUTEX_LOCK_CONTENDED
LOCKS(MUTEX_LOCK_CONTENDED)
#endif
#ifdef RWLOCK_READ_CONTENDED
LOCKS(RWLOCK_READ_CONTENDED)
#endif
#ifdef RWLOCK_WRITE_CONTENDED
LOCKS(RWLOCK_WRITE_CONTENDED)
#endif

/* Waiting unlocks the mutex and locks it again. */
#ifdef CONDVAR_WAIT
void REAL(CONDVAR_WAIT)(void *condvar, void *mutex);
void WRAP(CONDVAR_WAIT)(void *condvar, void *mutex) {
  __tsan_release(mutex);
  REAL(CONDVAR_WAIT)(condvar, mutex);
  __tsan_acquire(mutex);
}
#endif
#ifdef CONDVAR_WAIT_TIMEOUT
bool REAL(CONDVAR_WAIT_TIMEOUT)(void *condvar, void *mutex, uint64_t seconds, uint32_t nanoseconds);
bool WRAP(CONDVAR_WAIT_TIMEOUT)(void *condvar, void *mutex, uint64_t seconds, uint32_t nanoseconds) {
  __tsan_release(mutex);
  bool notified = REAL(CONDVAR_WAIT_TIMEOUT)(condvar, mutex, seconds, nanoseconds);
  __tsan_acquire(mutex);
  return notified;
}
#endif

/* The effects of the closure are released before other threads can see its completion; later calls acquire them. */
#ifdef ONCE_CALL
typedef void (*call)(void *self, void *state);
typedef struct closure {
  void *self;
  void *const *table;
  void *once;
} closure;

enum { CALL_MUT = 4 /* in a table of FnMut: after drop, size, align and call_once */ };

static void call_and_release(void *self, void *state) {
  closure *inner = self;
  ((call)inner->table[CALL_MUT])(inner->self, state);
  __tsan_release(inner->once);
}

void REAL(ONCE_CALL)(void *once, bool ignore_poisoning, void *self, void *const *table, void *caller);
void WRAP(ONCE_CALL)(void *once, bool ignore_poisoning, void *self, void *const *table, void *caller) {
  closure outer = {self, table, once};
  void *const own[] = {NULL, (void *)sizeof outer, (void *)_Alignof(closure), NULL, (void *)call_and_release};
  REAL(ONCE_CALL)(once, ignore_poisoning, &outer, own, caller);
  __tsan_acquire(once);
}
#endif

/* Unparking, which the sanitizer sees, releases a state that is somewhere in the memory of the handle. */
enum { THREAD_SIZE = 96 };

static void acquire_unparking(char *const *thread) {
  for (size_t i = 0; i < THREAD_SIZE; i += sizeof(uint32_t)) {
    __tsan_acquire(*thread + i);
  }
}

#ifdef THREAD_PARK
void REAL(THREAD_PARK)(char *const *thread);
void WRAP(THREAD_PARK)(char *const *thread) {
  REAL(THREAD_PARK)(thread);
  acquire_unparking(thread);
}
#endif
#ifdef THREAD_PARK_TIMEOUT
void REAL(THREAD_PARK_TIMEOUT)(char *const *thread, uint64_t seconds, uint32_t nanoseconds);
void WRAP(THREAD_PARK_TIMEOUT)(char *const *thread, uint64_t seconds, uint32_t nanoseconds) {
  REAL(THREAD_PARK_TIMEOUT)(thread, seconds, nanoseconds);
  acquire_unparking(thread);
}
#endif

/* The end of a scope's thread. The counter, whose reads the sanitizer sees, is in one of these places. */
#ifdef SCOPE_DECREMENT
void REAL(SCOPE_DECREMENT)(char *scope, bool panicked);
void WRAP(SCOPE_DECREMENT)(char *scope, bool panicked) {
  for (size_t i = 0; i < 3 * sizeof(void *); i += sizeof(void *)) {
    __tsan_release(scope + i);
  }
  REAL(SCOPE_DECREMENT)(scope, panicked);
}
#endif

/* Returns by a register whether the caller is the leader. */
#ifdef BARRIER_WAIT
bool REAL(BARRIER_WAIT)(void *barrier);
bool WRAP(BARRIER_WAIT)(void *barrier) {
  __tsan_release(barrier);
  bool leads = REAL(BARRIER_WAIT)(barrier);
  __tsan_acquire(barrier);
  return leads;
}
#endif
