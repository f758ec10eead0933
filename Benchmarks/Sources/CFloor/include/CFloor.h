// The memory floor: how fast plain loops that touch the same bytes as an optimizer step run on this machine, and the
// memory that all contestants share.
#ifndef CFLOOR_H
#define CFLOOR_H

#include <stddef.h>

// A pass over memory, named for its shape. `x`, `m` and `g` are parameter, momentum and gradient.
typedef enum {
  floor_pass_read = 0,      // sum of g*g:                 reads g
  floor_pass_axpy = 1,      // x += a*g:                   reads g, x; writes x
  floor_pass_momentum = 2,  // m = mu*m + g, x += a*m:     reads g, m, x; writes m, x
} floor_pass;

// Seconds that `repetitions` passes over n elements take with `threads` threads, each on its own contiguous part.
// The threads meet before the clock starts and after the last pass, not between passes, so no cost of handing work over
// is in the figure. Each thread makes one pass before the clock starts.
double floor_seconds_f64(floor_pass pass, size_t n, double *x, double *m, const double *g, long repetitions,
                         int threads);
double floor_seconds_f32(floor_pass pass, size_t n, float *x, float *m, const float *g, long repetitions,
                         int threads);

// The instruction set the loops were chosen for: "AVX-512", "AVX2" or "baseline".
const char *floor_instruction_set(void);

// Memory aligned to pages, in huge ones where the system grants them and the size is worth it. NULL if there is none.
void *floor_allocate(size_t bytes);
void floor_free(void *memory);

// Seconds on a clock that never goes back.
double floor_clock(void);

// Asks for real-time priority for all threads of this process and those they start from now on: on a machine that
// others use too, a result of two threads means little without it. 0 if granted, else an errno.
int floor_request_real_time(void);

#endif
