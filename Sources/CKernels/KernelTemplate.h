// The kernels for scalar type T (suffix S, integer of the same size BITS) and instruction set SET.
//
// A row is 16 elements of a tile whatever the width of a register is, so lane k of a sum always holds the same
// elements. The last, partial row is worked on in a copy padded with zeros, which no kernel moves.
#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define NAME(name) JOIN(name, S, SET)
#define JOIN2_(a, b) a##_##b
#define JOIN2(a, b) JOIN2_(a, b)

enum { NAME(row) = 16, NAME(block_rows) = 8 };

typedef T NAME(Row) __attribute__((ext_vector_type(16), aligned(sizeof(T)), may_alias));
typedef T NAME(Value) __attribute__((ext_vector_type(16)));
typedef double NAME(Wide) __attribute__((ext_vector_type(16)));

// --- Sums: two rows of lanes, blocks of 8 double rows (256 elements), then pairwise. Short chains keep even a
// constant vector, whose rounding errors all have the same sign, within a few ulps.

typedef struct {
  NAME(Wide) low, high;
} NAME(Lanes);

static inline __attribute__((always_inline)) NAME(Wide)
    NAME(square_term)(NAME(Value) x, double scale, T bound, bool plain) {
  if (!plain) {
    x = x > bound ? (NAME(Value))bound : x;
    x = x < -bound ? (NAME(Value))-bound : x;
  }
  NAME(Wide) d = __builtin_convertvector(x, NAME(Wide));
  if (!plain) d *= scale;
  return d * d;
}

static inline __attribute__((always_inline)) NAME(Wide)
    NAME(magnitude_term)(NAME(Value) x, double scale, T bound, bool plain) {
  (void)plain;
  x = __builtin_elementwise_abs(x);
  x = x > bound ? (NAME(Value))bound : x;
  return __builtin_convertvector(x, NAME(Wide)) * scale;
}

static inline __attribute__((always_inline)) double NAME(sum_of_lanes)(NAME(Lanes) s) {
  const NAME(Wide) a = s.low + s.high;
  typedef double Eight __attribute__((ext_vector_type(8)));
  typedef double Four __attribute__((ext_vector_type(4)));
  typedef double Two __attribute__((ext_vector_type(2)));
  const Eight b = a.lo + a.hi;
  const Four c = b.lo + b.hi;
  const Two d = c.lo + c.hi;
  return d.x + d.y;
}

#define SUM(function, TERM, plain_)                                                                             \
  static double NAME(function)(const T *x, size_t n, double scale, T bound) {                                   \
    enum { row = 16, block = 2 * 16 * NAME(block_rows) };                                                       \
    NAME(Lanes) levels[7];                                                                                      \
    const size_t blocks = n / block;                                                                            \
    for (size_t b = 0; b < blocks; b++, x += block) {                                                           \
      NAME(Lanes) s;                                                                                            \
      s.low = NAME(TERM)(*(const NAME(Row) *)x, scale, bound, plain_);                                          \
      s.high = NAME(TERM)(*(const NAME(Row) *)(x + row), scale, bound, plain_);                                 \
      for (size_t r = 1; r < NAME(block_rows); r++) {                                                           \
        s.low += NAME(TERM)(*(const NAME(Row) *)(x + 2 * r * row), scale, bound, plain_);                       \
        s.high += NAME(TERM)(*(const NAME(Row) *)(x + (2 * r + 1) * row), scale, bound, plain_);                \
      }                                                                                                         \
      size_t level = 0;                                                                                         \
      for (size_t carry = b; carry & 1; carry >>= 1, level++) {                                                 \
        s.low = levels[level].low + s.low;                                                                      \
        s.high = levels[level].high + s.high;                                                                   \
      }                                                                                                         \
      levels[level] = s;                                                                                        \
    }                                                                                                           \
    NAME(Lanes) rest = {0, 0};                                                                                  \
    size_t left = n - blocks * block;                                                                           \
    for (; left >= 2 * row; left -= 2 * row, x += 2 * row) {                                                    \
      rest.low += NAME(TERM)(*(const NAME(Row) *)x, scale, bound, plain_);                                      \
      rest.high += NAME(TERM)(*(const NAME(Row) *)(x + row), scale, bound, plain_);                             \
    }                                                                                                           \
    if (left) {                                                                                                 \
      T tail[2 * row] __attribute__((aligned(64))) = {0};                                                       \
      __builtin_memcpy(tail, x, left * sizeof(T));                                                              \
      rest.low += NAME(TERM)(*(const NAME(Row) *)tail, scale, bound, plain_);                                   \
      rest.high += NAME(TERM)(*(const NAME(Row) *)(tail + row), scale, bound, plain_);                          \
    }                                                                                                           \
    size_t level = 0;                                                                                           \
    for (size_t filled = blocks; filled; filled >>= 1, level++)                                                 \
      if (filled & 1) {                                                                                         \
        rest.low = levels[level].low + rest.low;                                                                \
        rest.high = levels[level].high + rest.high;                                                             \
      }                                                                                                         \
    return NAME(sum_of_lanes)(rest);                                                                            \
  }

SUM(plain_sum_of_squares, square_term, true)
SUM(scaled_sum_of_squares, square_term, false)
SUM(scaled_sum_of_magnitudes, magnitude_term, false)
#undef SUM

static double NAME(sum_of_squares)(const T *x, size_t n) { return NAME(plain_sum_of_squares)(x, n, 1, 0); }

// As integers: a floating-point maximum does not vectorise without fast-math, and here a NaN wins by itself.
static T NAME(largest_magnitude)(const T *x, size_t n) {
  const BITS without_sign = (BITS)(sizeof(BITS) == 8 ? INT64_MAX : INT32_MAX);
  BITS largest = 0;
  for (size_t i = 0; i < n; i++) {
    BITS bits;
    __builtin_memcpy(&bits, x + i, sizeof bits);
    bits &= without_sign;
    largest = largest > bits ? largest : bits;
  }
  T result;
  __builtin_memcpy(&result, &largest, sizeof result);
  return result;
}

// --- Inner products of differences: one row of lanes, blocks of 256 elements, then pairwise.

// (a - a0) scale, where no a0 stands for zeros.
static inline __attribute__((always_inline)) NAME(Wide)
    NAME(scaled_difference)(const T *a, const T *a0, double scale) {
  const NAME(Wide) d = __builtin_convertvector(*(const NAME(Row) *)a, NAME(Wide)) * scale;
  return a0 ? d - __builtin_convertvector(*(const NAME(Row) *)a0, NAME(Wide)) * scale : d;
}

static inline __attribute__((always_inline)) NAME(Wide)
    NAME(product_term)(const T *a, const T *a0, const T *b, const T *b0, size_t i, double scale_a, double scale_b) {
  return NAME(scaled_difference)(a + i, a0 ? a0 + i : 0, scale_a) *
         NAME(scaled_difference)(b + i, b0 ? b0 + i : 0, scale_b);
}

static double NAME(inner_product)(const T *a, const T *a0, const T *b, const T *b0, size_t n, double scale_a,
                                  double scale_b) {
  enum { row = NAME(row), block = 256 };
  NAME(Wide) levels[8];
  const size_t blocks = n / block;
  size_t i = 0;
  for (size_t k = 0; k < blocks; k++) {
    NAME(Wide) sum = NAME(product_term)(a, a0, b, b0, i, scale_a, scale_b);
    for (i += row; i % block; i += row) sum += NAME(product_term)(a, a0, b, b0, i, scale_a, scale_b);
    size_t level = 0;
    for (size_t carry = k; carry & 1; carry >>= 1, level++) sum = levels[level] + sum;
    levels[level] = sum;
  }
  NAME(Wide) rest = 0;
  for (; i + row <= n; i += row) rest += NAME(product_term)(a, a0, b, b0, i, scale_a, scale_b);
  if (i < n) {
    T tail[4][NAME(row)] __attribute__((aligned(64))) = {{0}};
    const size_t size = (n - i) * sizeof(T);
    __builtin_memcpy(tail[0], a + i, size);
    if (a0) __builtin_memcpy(tail[1], a0 + i, size);
    __builtin_memcpy(tail[2], b + i, size);
    if (b0) __builtin_memcpy(tail[3], b0 + i, size);
    rest += NAME(product_term)(tail[0], tail[1], tail[2], tail[3], 0, scale_a, scale_b);
  }
  size_t level = 0;
  for (size_t filled = blocks; filled; filled >>= 1, level++)
    if (filled & 1) rest = levels[level] + rest;
  return NAME(sum_of_lanes)((NAME(Lanes)){rest, 0});
}

// --- Moves: clipping, decay and the padded tail for all rules, the arithmetic of one row for each.

typedef struct {
  T scale, prescale, bound, coupled_decay, keep, rate;
  bool shaped, coupled;
} NAME(Modifiers);

static inline __attribute__((always_inline)) NAME(Modifiers) NAME(rounded)(const descent_modifiers *m) {
  return (NAME(Modifiers)){(T)m->scale, (T)m->prescale, (T)m->bound, (T)m->coupled_decay,
                           (T)m->keep,  (T)m->rate,     m->shaped,   m->coupled};
}

static inline __attribute__((always_inline)) NAME(Value)
    NAME(modified_gradient)(NAME(Value) g, NAME(Value) x, const NAME(Modifiers) * m) {
  if (m->shaped) {
    g = g > m->bound ? (NAME(Value))m->bound : g;
    g = g < -m->bound ? (NAME(Value))-m->bound : g;
    g *= m->prescale;
  }
  g *= m->scale;
  if (m->coupled) g += m->coupled_decay * x;
  return g;
}

// Below the least normal number a slot becomes zero: subnormal state makes a step 5 to 30 times slower.
static inline __attribute__((always_inline)) NAME(Value) NAME(flushed)(NAME(Value) m) {
  const T least = sizeof(T) == 8 ? (T)2.2250738585072014e-308 : (T)1.17549435082228750797e-38f;
  return __builtin_elementwise_abs(m) < least ? (NAME(Value))0 : m;
}

// --- The size of the update, Σ (after - before)²: blocks of 8 rows are summed in T, and what that cannot hold once
// more in double, so that no difference is too small or too large to be seen.

typedef BITS NAME(Bits) __attribute__((ext_vector_type(16)));

static inline __attribute__((always_inline)) NAME(Wide)
    NAME(add_squared_difference)(NAME(Wide) total, NAME(Value) after, NAME(Value) before) {
  const NAME(Wide) d = __builtin_convertvector(after - before, NAME(Wide));
  return total + d * d;
}

// `differences` has the bits of all of them joined: what is zero there was zero, and not lost.
static inline __attribute__((always_inline)) NAME(Wide)
    NAME(add_block)(NAME(Wide) total, NAME(Value) squares, NAME(Bits) differences, size_t rows,
                    const NAME(Value) * before, const T *after) {
  if (sizeof(T) == 8 || __builtin_reduce_and(((squares >= (T)0x1p-90) & (squares <= (T)0x1p120)) | (differences == 0)))
    return total + __builtin_convertvector(squares, NAME(Wide));
  for (size_t r = 0; r < rows; r++)
    total = NAME(add_squared_difference)(total, *(const NAME(Row) *)(after + r * NAME(row)), before[r]);
  return total;
}

static inline __attribute__((always_inline)) NAME(Value) NAME(sign)(NAME(Value) a) {
  return a > 0 ? (NAME(Value))1 : (a < 0 ? (NAME(Value)) - 1 : (NAME(Value))0);
}

// As in Swift: the first where the two are not ordered.
static inline __attribute__((always_inline)) NAME(Value) NAME(minimum)(NAME(Value) a, NAME(Value) b) {
  return b < a ? b : a;
}
static inline __attribute__((always_inline)) NAME(Value) NAME(maximum)(NAME(Value) a, NAME(Value) b) {
  return a < b ? b : a;
}

// The array that a rule keeps where it has begun, and x where it has not: it is infinite until then.
static inline __attribute__((always_inline)) NAME(Value) NAME(begun)(NAME(Value) kept, NAME(Value) x) {
  return __builtin_elementwise_abs(kept) < (T)__builtin_inf() ? kept : x;
}

// total + a b in double, lane by lane.
static inline __attribute__((always_inline)) NAME(Wide)
    NAME(add_product)(NAME(Wide) total, NAME(Value) a, NAME(Value) b) {
  return total + __builtin_convertvector(a, NAME(Wide)) * __builtin_convertvector(b, NAME(Wide));
}

#include "RuleRows.h"

// Copies what is left of a tile into rows of zeros: those of the slots, which `t` then points to, of x and of the gradient.
static inline __attribute__((always_inline)) void
    NAME(copy_tail)(T (*tail)[NAME(row)], T **t, const T *x, T *const *s, const T *g, int slots, size_t i, size_t size) {
  for (int k = 0; k < slots; k++) t[k] = __builtin_memcpy(tail[k], s[k] + i, size);
  __builtin_memcpy(tail[slots], x, size);
  __builtin_memcpy(tail[slots + 1], g, size);
}

// A rule with so many slots over one tile. The plain loop leaves out multiplications by one, which changes no bit and
// shows in cache: those of decay and clipping, and the rule's own, where `simple` holds of its coefficients.
#define MOVE(rule, slots, simple)                                                                               \
  static inline __attribute__((always_inline)) NAME(Value)                                                      \
      NAME(rule##slots##_at)(size_t i, T *x, T *const *s, const T *g, NAME(Value) before,                       \
                             const NAME(Modifiers) * m, const descent_##rule *c, bool plain) {                  \
    const NAME(Value) gradient = *(const NAME(Row) *)(g + i);                                                   \
    NAME(Value) state[slots + 1];                                                                               \
    for (int k = 0; k < slots; k++) state[k] = *(const NAME(Row) *)(s[k] + i);                                  \
    const NAME(Value) h = plain ? gradient * m->scale : NAME(modified_gradient)(gradient, before, m);           \
    const NAME(Value) kept = plain ? before : before * m->keep;                                                 \
    const NAME(Value) after = NAME(rule##_row)(kept, h, m->rate, state, c, slots, plain);                       \
    for (int k = 0; k < slots; k++) *(NAME(Row) *)(s[k] + i) = state[k];                                        \
    *(NAME(Row) *)(x + i) = after;                                                                              \
    return after;                                                                                               \
  }                                                                                                             \
  static inline __attribute__((always_inline)) NAME(Wide)                                                       \
      NAME(rule##slots##_rows)(size_t *i, size_t n, T *x, T *const *s, const T *g, NAME(Wide) total,            \
                               const NAME(Modifiers) * m, const descent_##rule *c, bool plain) {                \
    enum { row = NAME(row), limit = NAME(block_rows) };                                                         \
    for (size_t rows = (n - *i) / row; rows > 0; rows -= rows < limit ? rows : limit) {                         \
      const size_t count = rows < limit ? rows : limit, start = *i;                                             \
      NAME(Value) before[limit], squares = 0;                                                                   \
      NAME(Bits) differences = 0;                                                                               \
      for (size_t r = 0; r < count; r++, *i += row) {                                                           \
        before[r] = *(const NAME(Row) *)(x + *i);                                                               \
        const NAME(Value) d = NAME(rule##slots##_at)(*i, x, s, g, before[r], m, c, plain) - before[r];          \
        squares += d * d;                                                                                       \
        differences |= (NAME(Bits))d;                                                                           \
      }                                                                                                         \
      total = NAME(add_block)(total, squares, differences, count, before, x + start);                           \
    }                                                                                                           \
    return total;                                                                                               \
  }                                                                                                             \
  static double NAME(rule##slots)(void *x_, void *const *slots_, const void *g_, size_t n,                      \
                                  const descent_modifiers *modifiers, const void *coefficients) {               \
    T *x = x_, *s[slots + 1];                                                                                   \
    const T *g = g_;                                                                                            \
    for (int k = 0; k < slots; k++) s[k] = slots_[k];                                                           \
    const descent_##rule c = *(const descent_##rule *)coefficients;                                             \
    const NAME(Modifiers) m = NAME(rounded)(modifiers);                                                         \
    const bool plain = !m.shaped && !m.coupled && m.keep == 1 && (simple);                                      \
    NAME(Wide) total = 0;                                                                                       \
    size_t i = 0;                                                                                               \
    if (slots == 0 && plain && !modifiers->measured)                                                            \
      for (; i + NAME(row) <= n; i += NAME(row))                                                                \
        NAME(rule##slots##_at)(i, x, s, g, *(const NAME(Row) *)(x + i), &m, &c, true);                          \
    if (plain) total = NAME(rule##slots##_rows)(&i, n, x, s, g, total, &m, &c, true);                           \
    total = NAME(rule##slots##_rows)(&i, n, x, s, g, total, &m, &c, false);                                     \
    if (i < n) {                                                                                                \
      T tail[slots + 2][NAME(row)] __attribute__((aligned(64))) = {{0}}, *t[slots + 1];                         \
      const size_t size = (n - i) * sizeof(T);                                                                  \
      NAME(copy_tail)(tail, t, x + i, s, g + i, slots, i, size);                                                \
      const NAME(Value) before = *(const NAME(Row) *)tail[slots];                                               \
      const NAME(Value) after = NAME(rule##slots##_at)(0, tail[slots], t, tail[slots + 1], before, &m, &c, false);\
      total = NAME(add_squared_difference)(total, after, before);                                               \
      __builtin_memcpy(x + i, tail[slots], size);                                                               \
      for (int k = 0; k < slots; k++) __builtin_memcpy(s[k] + i, tail[k], size);                                \
    }                                                                                                           \
    return NAME(sum_of_lanes)((NAME(Lanes)){total, 0});                                                         \
  }

DESCENT_FOR_EACH_MOVE(MOVE)
#undef MOVE

// The sums that a rule with so many slots takes of one tile before it moves: one row of lanes.
#define MEASURE(rule, slots)                                                                                    \
  static inline __attribute__((always_inline)) void                                                             \
      NAME(rule##_sums_at)(size_t i, const T *x, T *const *s, const T *g, NAME(Wide) * sums,                    \
                           const NAME(Modifiers) * m, const descent_##rule *c) {                                \
    const NAME(Value) before = *(const NAME(Row) *)(x + i), gradient = *(const NAME(Row) *)(g + i);             \
    NAME(Value) state[slots + 1];                                                                               \
    for (int k = 0; k < slots; k++) state[k] = *(const NAME(Row) *)(s[k] + i);                                  \
    NAME(rule##_terms)(before, NAME(modified_gradient)(gradient, before, m), m->rate, state, c, sums);          \
  }                                                                                                             \
  static void NAME(rule##_sums)(const void *x_, void *const *slots_, const void *g_, size_t n,                  \
                                const descent_modifiers *modifiers, const void *coefficients, double *result) { \
    const T *x = x_, *g = g_;                                                                                   \
    T *s[slots + 1];                                                                                            \
    for (int k = 0; k < slots; k++) s[k] = slots_[k];                                                           \
    const descent_##rule c = *(const descent_##rule *)coefficients;                                             \
    const NAME(Modifiers) m = NAME(rounded)(modifiers);                                                         \
    NAME(Wide) sums[2] = {0, 0};                                                                                \
    size_t i = 0;                                                                                               \
    for (; i + NAME(row) <= n; i += NAME(row)) NAME(rule##_sums_at)(i, x, s, g, sums, &m, &c);                  \
    if (i < n) {                                                                                                \
      T tail[slots + 2][NAME(row)] __attribute__((aligned(64))) = {{0}}, *t[slots + 1];                         \
      NAME(copy_tail)(tail, t, x + i, s, g + i, slots, i, (n - i) * sizeof(T));                                   \
      NAME(rule##_sums_at)(0, tail[slots], t, tail[slots + 1], sums, &m, &c);                                   \
    }                                                                                                           \
    for (int k = 0; k < 2; k++) result[k] = NAME(sum_of_lanes)((NAME(Lanes)){sums[k], 0});                      \
  }

DESCENT_FOR_EACH_MEASURE(MEASURE)
#undef MEASURE

#define MOVE_ENTRY(rule, slots, simple) [descent_rule_##rule].moves[slots] = NAME(rule##slots),
#define MEASURE_ENTRY(rule, slots) [descent_rule_##rule].measure = NAME(rule##_sums),
static const descent_rule_kernels NAME(rules)[descent_rule_count] = {
    DESCENT_FOR_EACH_MOVE(MOVE_ENTRY) DESCENT_FOR_EACH_MEASURE(MEASURE_ENTRY)};
#undef MOVE_ENTRY
#undef MEASURE_ENTRY

static const JOIN2(descent_kernels, S) NAME(kernels) = {
    .sum_of_squares = NAME(sum_of_squares),
    .scaled_sum_of_squares = NAME(scaled_sum_of_squares),
    .scaled_sum_of_magnitudes = NAME(scaled_sum_of_magnitudes),
    .largest_magnitude = NAME(largest_magnitude),
    .inner_product = NAME(inner_product),
};

#undef JOIN_
#undef JOIN
#undef NAME
#undef JOIN2_
#undef JOIN2
