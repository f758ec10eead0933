// Register operations for rules written in Swift, eight lanes wide.
//
// Swift's own `squareRoot()`, masks and comparisons on SIMD types compile to one scalar operation per lane in
// generic code; each of these is a few vector instructions.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define DESCENT_LANE static inline __attribute__((always_inline))

#define DESCENT_LANES(T, S)                                                                                     \
  typedef T descent_##S##x8 __attribute__((ext_vector_type(8)));                                                \
  DESCENT_LANE descent_##S##x8 descent_square_root_##S(descent_##S##x8 a) {                                     \
    return __builtin_elementwise_sqrt(a);                                                                       \
  }                                                                                                             \
  DESCENT_LANE descent_##S##x8 descent_magnitude_##S(descent_##S##x8 a) { return __builtin_elementwise_abs(a); }\
  DESCENT_LANE descent_##S##x8 descent_minimum_##S(descent_##S##x8 a, descent_##S##x8 b) {                      \
    return b < a ? b : a;                                                                                       \
  }                                                                                                             \
  DESCENT_LANE descent_##S##x8 descent_maximum_##S(descent_##S##x8 a, descent_##S##x8 b) {                      \
    return a < b ? b : a;                                                                                       \
  }                                                                                                             \
  DESCENT_LANE descent_##S##x8 descent_sign_##S(descent_##S##x8 a) {                                            \
    const descent_##S##x8 zero = 0, one = 1;                                                                    \
    return a > zero ? one : (a < zero ? -one : zero);                                                           \
  }                                                                                                             \
  DESCENT_LANE descent_##S##x8 descent_select_less_##S(descent_##S##x8 a, descent_##S##x8 b,                    \
                                                       descent_##S##x8 yes, descent_##S##x8 no) {               \
    return a < b ? yes : no;                                                                                    \
  }

DESCENT_LANES(double, f64)
DESCENT_LANES(float, f32)

typedef int32_t descent_i32x8 __attribute__((ext_vector_type(8)));

/// Whether every lane of a sum of eight squares, taken in its own precision, lost nothing to the ends of the range.
/// `differences` has the bits of what was squared joined: where all are zero, nothing can be lost.
DESCENT_LANE bool descent_keeps_squares_f64(descent_f64x8 squares, descent_f64x8 differences) {
  (void)squares, (void)differences;
  return true;
}
DESCENT_LANE bool descent_keeps_squares_f32(descent_f32x8 squares, descent_f32x8 differences) {
  return __builtin_reduce_and(((squares >= 0x1p-90f) & (squares <= 0x1p120f)) | ((descent_i32x8)differences == 0));
}
/// The bits that are set in either.
DESCENT_LANE descent_f64x8 descent_join_bits_f64(descent_f64x8 a, descent_f64x8 b) {
  typedef int64_t Bits __attribute__((ext_vector_type(8)));
  return (descent_f64x8)((Bits)a | (Bits)b);
}
DESCENT_LANE descent_f32x8 descent_join_bits_f32(descent_f32x8 a, descent_f32x8 b) {
  return (descent_f32x8)((descent_i32x8)a | (descent_i32x8)b);
}
/// `total + a` in double, lane by lane.
DESCENT_LANE descent_f64x8 descent_add_widened_f64(descent_f64x8 total, descent_f64x8 a) { return total + a; }
DESCENT_LANE descent_f64x8 descent_add_widened_f32(descent_f64x8 total, descent_f32x8 a) {
  return total + __builtin_convertvector(a, descent_f64x8);
}

/// `total + (a - b)²` in double, lane by lane: the part of eight elements in the size of an update.
DESCENT_LANE descent_f64x8 descent_add_squared_difference_f64(descent_f64x8 total, descent_f64x8 a,
                                                              descent_f64x8 b) {
#pragma clang fp contract(off)
  const descent_f64x8 d = a - b;
  return total + d * d;
}
DESCENT_LANE descent_f64x8 descent_add_squared_difference_f32(descent_f64x8 total, descent_f32x8 a,
                                                              descent_f32x8 b) {
#pragma clang fp contract(off)
  const descent_f64x8 d = __builtin_convertvector(a - b, descent_f64x8);
  return total + d * d;
}

/// `total + a · b` in double, lane by lane.
DESCENT_LANE descent_f64x8 descent_add_product_f64(descent_f64x8 total, descent_f64x8 a, descent_f64x8 b) {
#pragma clang fp contract(off)
  return total + a * b;
}
DESCENT_LANE descent_f64x8 descent_add_product_f32(descent_f64x8 total, descent_f32x8 a, descent_f32x8 b) {
#pragma clang fp contract(off)
  return total + __builtin_convertvector(a, descent_f64x8) * __builtin_convertvector(b, descent_f64x8);
}

/// Tells the processor that this is a spinning loop.
DESCENT_LANE void descent_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __builtin_arm_yield();
#endif
}

#undef DESCENT_LANES
#undef DESCENT_LANE
