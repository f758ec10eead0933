// The memory floor: how fast plain loops that touch the same bytes as an optimizer step run on this machine, and the
// memory that all contestants share.
#ifndef CFLOOR_H
#define CFLOOR_H

#include <stddef.h>

// The most arrays that a rule keeps between steps.
enum { floor_slot_limit = 4 };

// The vectors that passes go over: parameter, gradient, and what a rule keeps between steps.
typedef struct {
  void *x;
  const void *g;
  void *slots[floor_slot_limit];
} floor_vectors;

// What a pass does with each element.
typedef enum {
  floor_read = 0,     // sum of g*g:                                reads g
  floor_measure = 1,  // sum of g*x + g*s for every slot s:         reads g, x, slots
  floor_move = 2,     // s = mu*s + g for every slot, x += a*s:     reads g, x, slots; writes x, slots
} floor_action;

// A pass over memory with a number of slots.
typedef struct {
  floor_action action;
  int slots;
} floor_pass;

// Seconds that `repetitions` passes over n elements take with `threads` threads, each on its own contiguous part.
// The threads meet before the clock starts and after the last pass, not between passes, so no cost of handing work over
// is in the figure. Each thread makes one pass before the clock starts.
double floor_seconds_f64(floor_pass pass, size_t n, floor_vectors vectors, long repetitions, int threads);
double floor_seconds_f32(floor_pass pass, size_t n, floor_vectors vectors, long repetitions, int threads);

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
