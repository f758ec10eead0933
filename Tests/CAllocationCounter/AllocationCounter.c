#include "CAllocationCounter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

static atomic_ullong count_of_all_threads;

// In the executable's static thread-local block, so that reading it never allocates in its turn.
static _Thread_local unsigned long long count_of_this_thread __attribute__((tls_model("initial-exec")));

static void count(void) {
  atomic_fetch_add_explicit(&count_of_all_threads, 1, memory_order_relaxed);
  count_of_this_thread += 1;
}

bool allocation_counter_is_active(void) { return true; }

unsigned long long allocation_count(void) {
  return atomic_load_explicit(&count_of_all_threads, memory_order_relaxed);
}

unsigned long long allocation_count_of_this_thread(void) { return count_of_this_thread; }

// glibc exports its own functions under these names for exactly this purpose.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t members, size_t size) {
  count();
  return __libc_calloc(members, size);
}

void *realloc(void *memory, size_t size) {
  count();
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment == 0 || alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  count();
  void *taken = __libc_memalign(alignment, size);
  if (taken == NULL) return ENOMEM;
  *memory = taken;
  return 0;
}

#else

bool allocation_counter_is_active(void) { return false; }
unsigned long long allocation_count(void) { return 0; }
unsigned long long allocation_count_of_this_thread(void) { return 0; }

#endif
