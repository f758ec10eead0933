// The hot loops of Descent: statistics and moves over one tile of at most `descent_tile_capacity` elements.
//
// Every function gives the same bits with every instruction set: sums have a fixed number of lanes and a fixed
// tree, element-wise work is plain IEEE arithmetic, and nothing is contracted to a fused multiply-add.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "LaneMath.h"

/// The largest number of elements in a tile. OpenBLAS starts threads of its own above 10,000 elements, and two
/// callers above that line can serialise each other for milliseconds.
enum { descent_tile_capacity = 8192 };

/// Instruction sets with kernels of their own.
typedef enum {
  descent_instruction_set_baseline = 0,
  descent_instruction_set_avx2 = 1,
  descent_instruction_set_avx512 = 2,
} descent_instruction_set;

/// The best instruction set of this processor that has kernels.
descent_instruction_set descent_best_instruction_set(void);

/// What is equal for all elements of a tile in one step: the gradient is seen as
/// `clamp(g, ±bound) · prescale · scale + coupled_decay · x`, and `x` is multiplied by `keep` before it moves.
#define DESCENT_DECLARE(T, S)                                                                                   \
  typedef struct {                                                                                              \
    T scale, prescale, bound, coupled_decay, keep;                                                              \
    bool shaped;  /* bound and prescale are in force */                                                         \
    bool coupled; /* coupled_decay is in force */                                                               \
  } descent_modifiers_##S;                                                                                      \
  typedef struct {                                                                                              \
    /* Σ x², lanes and total in double; n <= descent_tile_capacity, as everywhere here. */                      \
    double (*sum_of_squares)(const T *x, size_t n);                                                             \
    /* Σ (clamp(x, ±bound) · scale)². */                                                                        \
    double (*scaled_sum_of_squares)(const T *x, size_t n, double scale, T bound);                               \
    /* Σ |clamp(x, ±bound) · scale|. */                                                                         \
    double (*scaled_sum_of_magnitudes)(const T *x, size_t n, double scale, T bound);                            \
    /* max |x|; a NaN counts as larger than infinity. */                                                        \
    T (*largest_magnitude)(const T *x, size_t n);                                                               \
    /* Σ (a - a0) scale_a · (b - b0) scale_b; a null a0 or b0 stands for zeros. */                              \
    double (*inner_product)(const T *a, const T *a0, const T *b, const T *b0, size_t n, double scale_a,         \
                            double scale_b);                                                                    \
    /* x -= rate · (scale · g): the step of SGD and nothing else. */                                            \
    void (*descend)(T *x, const T *g, size_t n, T scale, T rate);                                               \
    /* The moves below return Σ (x after - x before)². */                                                       \
    double (*sgd)(T *x, const T *g, size_t n, const descent_modifiers_##S *modifiers, T rate);                  \
    double (*momentum)(T *x, T *m, const T *g, size_t n, const descent_modifiers_##S *modifiers, T rate,        \
                       T momentum, T gain, T lookahead, bool nesterov);                                         \
  } descent_kernels_##S;                                                                                        \
  /* The table for an instruction set; the caller makes sure that the processor has it. */                      \
  const descent_kernels_##S *descent_kernels_for_##S(descent_instruction_set set);

DESCENT_DECLARE(double, f64)
DESCENT_DECLARE(float, f32)
#undef DESCENT_DECLARE
