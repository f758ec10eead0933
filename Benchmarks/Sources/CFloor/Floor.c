#define _GNU_SOURCE
#include "CFloor.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

// MARK: - The loops, for each scalar and instruction set

#define TARGET
#define SCALAR double
#define NAME(base) base##_f64_baseline
#include "FloorLoops.h"
#undef SCALAR
#undef NAME
#define SCALAR float
#define NAME(base) base##_f32_baseline
#include "FloorLoops.h"
#undef SCALAR
#undef NAME
#undef TARGET

#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2,fma")))
#define SCALAR double
#define NAME(base) base##_f64_avx2
#include "FloorLoops.h"
#undef SCALAR
#undef NAME
#define SCALAR float
#define NAME(base) base##_f32_avx2
#include "FloorLoops.h"
#undef SCALAR
#undef NAME
#undef TARGET

#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma")))
#define SCALAR double
#define NAME(base) base##_f64_avx512
#include "FloorLoops.h"
#undef SCALAR
#undef NAME
#define SCALAR float
#define NAME(base) base##_f32_avx512
#include "FloorLoops.h"
#undef SCALAR
#undef NAME
#undef TARGET
#endif

typedef double (*pass_function)(floor_pass, size_t, size_t, const floor_vectors *);

typedef struct {
  const char *name;
  pass_function f64, f32;
} loop_table;

// The table for this machine. Chosen at every call, which is once per sample: no state to initialise.
static loop_table best_loops(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw"))
    return (loop_table){"AVX-512", pass_f64_avx512, pass_f32_avx512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return (loop_table){"AVX2", pass_f64_avx2, pass_f32_avx2};
#endif
  return (loop_table){"baseline", pass_f64_baseline, pass_f32_baseline};
}

const char *floor_instruction_set(void) { return best_loops().name; }

double floor_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// MARK: - Threads

// One sample's work. Threads take equal parts; on a machine that is busy elsewhere the slowest decides, which makes the
// floor higher and never lower than the machine allows.
typedef struct {
  pass_function run;
  floor_pass pass;
  size_t count, scalar_bytes;
  floor_vectors vectors;
  long repetitions;
  int threads;
  long meeting;  // the value both counters below have when all threads of this sample have come
} sample;

enum { maximum_threads = 256 };

// Workers sleep between samples, so that they are never on a core while somebody else is measured, and spin within one.
static struct {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  int workers;
  unsigned generation;
  sample current;
  _Atomic long ready, finished;  // only ever grow: a thread still leaving one meeting cannot be caught by the next
  _Atomic double sink;  // what the read loops return goes here, or the compiler could leave them out
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static void pause_briefly(unsigned spins) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
  // Whoever is awaited may need this core.
  if (spins % 4096 == 4095) sched_yield();
}

static void arrive_and_wait(_Atomic long *counter, long meeting) {
  atomic_fetch_add_explicit(counter, 1, memory_order_acq_rel);
  for (unsigned spins = 0; atomic_load_explicit(counter, memory_order_acquire) < meeting; spins++) pause_briefly(spins);
}

static void make_pass(const sample *s, int thread) {
  // Parts begin on a cache line.
  const size_t line = 64 / s->scalar_bytes;
  const size_t first = s->count * (size_t)thread / (size_t)s->threads / line * line;
  const size_t end =
      thread == s->threads - 1 ? s->count : s->count * (size_t)(thread + 1) / (size_t)s->threads / line * line;
  double result = s->run(s->pass, first, end - first, &s->vectors);
  atomic_store_explicit(&pool.sink, result, memory_order_relaxed);
}

// Warms up, meets the others, makes the passes, meets them again; returns the seconds between the meetings.
static double take_part(const sample *s, int thread) {
  make_pass(s, thread);
  arrive_and_wait(&pool.ready, s->meeting);
  const double start = floor_clock();
  for (long k = 0; k < s->repetitions; k++) make_pass(s, thread);
  arrive_and_wait(&pool.finished, s->meeting);
  return floor_clock() - start;
}

static void *work(void *argument) {
  const int thread = (int)(intptr_t)argument;
  unsigned seen = 0;
  for (;;) {
    pthread_mutex_lock(&pool.lock);
    while (pool.generation == seen) pthread_cond_wait(&pool.wake, &pool.lock);
    seen = pool.generation;
    const sample s = pool.current;
    pthread_mutex_unlock(&pool.lock);
    if (thread < s.threads) take_part(&s, thread);
  }
  return NULL;
}

static double measure(sample s) {
  if (s.threads < 1) s.threads = 1;
  if (s.threads > maximum_threads) s.threads = maximum_threads;
  pthread_mutex_lock(&pool.lock);
  while (pool.workers < s.threads - 1) {
    pthread_t worker;
    if (pthread_create(&worker, NULL, work, (void *)(intptr_t)(pool.workers + 1)) != 0) break;
    pthread_detach(worker);
    pool.workers++;
  }
  if (s.threads > pool.workers + 1) s.threads = pool.workers + 1;
  s.meeting = atomic_load(&pool.finished) + s.threads;
  if (s.threads > 1) {
    pool.current = s;
    pool.generation++;
    pthread_cond_broadcast(&pool.wake);
  }
  pthread_mutex_unlock(&pool.lock);
  return take_part(&s, 0);
}

double floor_seconds_f64(floor_pass pass, size_t n, floor_vectors vectors, long repetitions, int threads) {
  return measure((sample){.run = best_loops().f64, .pass = pass, .count = n, .scalar_bytes = sizeof(double),
                          .vectors = vectors, .repetitions = repetitions, .threads = threads});
}

double floor_seconds_f32(floor_pass pass, size_t n, floor_vectors vectors, long repetitions, int threads) {
  return measure((sample){.run = best_loops().f32, .pass = pass, .count = n, .scalar_bytes = sizeof(float),
                          .vectors = vectors, .repetitions = repetitions, .threads = threads});
}

// MARK: - Memory and priority

void *floor_allocate(size_t bytes) {
  const size_t page = 4096, huge_page = (size_t)2 << 20;
  const int large = bytes >= huge_page / 2;
  // Whole pages even for short vectors: where two vectors lie a little less than a multiple of 4096 bytes apart, loads
  // of one seem to depend on stores to the other, and a loop over both takes twice as long.
  const size_t alignment = large ? huge_page : page;
  const size_t size = (bytes + alignment - 1) / alignment * alignment;
  void *memory = NULL;
  if (posix_memalign(&memory, alignment, size ? size : alignment) != 0) return NULL;
#if defined(MADV_HUGEPAGE)
  if (large) madvise(memory, size, MADV_HUGEPAGE);  // advice: where it is refused, ordinary pages do
#endif
  return memory;
}

void floor_free(void *memory) { free(memory); }

int floor_request_real_time(void) {
#if defined(__linux__)
  const struct sched_param lowest = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_RR, &lowest) != 0) return errno;
  // OpenBLAS has started its threads already, when it was loaded; a rival at lower priority would be no rival.
  DIR *threads = opendir("/proc/self/task");
  if (!threads) return errno;
  for (struct dirent *entry; (entry = readdir(threads));) {
    const int thread = atoi(entry->d_name);
    if (thread > 0) sched_setscheduler(thread, SCHED_RR, &lowest);
  }
  closedir(threads);
  return 0;
#else
  return ENOTSUP;
#endif
}
