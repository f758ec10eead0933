// Counts the calls that take memory from the heap: malloc, calloc, realloc, posix_memalign, aligned_alloc, memalign.
//
// Linking this target into a program replaces these functions by ones that count and pass on to the C library's own.
// It works with glibc; elsewhere, and under the address, thread and memory sanitizers (which replace the same functions),
// nothing is replaced and the counts stay 0.
#pragma once
#include <stdbool.h>

/// Whether calls are counted in this build.
bool allocation_counter_is_active(void);

/// The number of calls so far by all threads together.
unsigned long long allocation_count(void);

/// The number of calls so far by the calling thread.
unsigned long long allocation_count_of_this_thread(void);
