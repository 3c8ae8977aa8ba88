/*
 * The program's allocator: glibc's, with exact counts of the blocks and bytes in use. glibc's own figures exclude the
 * caches of threads and all arenas but the first.
 */
#define _GNU_SOURCE
#include "alloc.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static atomic_long blocks, bytes;

static void *count_allocation(void *memory) {
  if (memory != NULL) {
    atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&bytes, (long)malloc_usable_size(memory), memory_order_relaxed);
  }
  return memory;
}

static void count_free(long size) {
  atomic_fetch_sub_explicit(&blocks, 1, memory_order_relaxed);
  atomic_fetch_sub_explicit(&bytes, size, memory_order_relaxed);
}

void *malloc(size_t size) { return count_allocation(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) { return count_allocation(__libc_calloc(count, size)); }

void *memalign(size_t alignment, size_t size) { return count_allocation(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) { return count_allocation(__libc_memalign(alignment, size)); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *found = __libc_memalign(alignment, size);
  if (found == NULL) {
    return ENOMEM;
  }
  *memory = count_allocation(found);
  return 0;
}

void *realloc(void *memory, size_t size) {
  long before = memory == NULL ? 0 : (long)malloc_usable_size(memory);
  void *moved = __libc_realloc(memory, size);
  if (memory != NULL && (moved != NULL || size == 0)) {
    count_free(before);
  }
  return count_allocation(moved);
}

void free(void *memory) {
  if (memory != NULL) {
    count_free((long)malloc_usable_size(memory));
    __libc_free(memory);
  }
}

long blocks_in_use(void) { return atomic_load(&blocks); }

long bytes_in_use(void) { return atomic_load(&bytes); }
