// Every kernel is compiled once per scalar type and instruction set; a table is picked at run time. (An ifunc,
// as target_clones makes, crashes under the thread sanitizer.)
#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF
// Functions that take or return vectors are always inlined here, so no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

#if defined(__x86_64__)
#define DESCENT_X86 1
#endif

#define SET baseline
#include "KernelsForInstructionSet.h"
#undef SET

#if DESCENT_X86
#define SET avx2
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "KernelsForInstructionSet.h"
#pragma clang attribute pop
#undef SET

#define SET avx512
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw"))), apply_to = function)
#include "KernelsForInstructionSet.h"
#pragma clang attribute pop
#undef SET
#endif

descent_instruction_set descent_best_instruction_set(void) {
#if DESCENT_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw"))
    return descent_instruction_set_avx512;
  if (__builtin_cpu_supports("avx2")) return descent_instruction_set_avx2;
#endif
  return descent_instruction_set_baseline;
}

#if DESCENT_X86
#define TABLES(S)                                                                                               \
  const descent_kernels_##S *descent_kernels_for_##S(descent_instruction_set set) {                             \
    switch (set) {                                                                                              \
      case descent_instruction_set_avx512: return &kernels_##S##_avx512;                                        \
      case descent_instruction_set_avx2: return &kernels_##S##_avx2;                                            \
      default: return &kernels_##S##_baseline;                                                                  \
    }                                                                                                           \
  }                                                                                                             \
  static descent_move move_for_##S(descent_rule rule, int slots, descent_instruction_set set) {                 \
    switch (set) {                                                                                              \
      case descent_instruction_set_avx512: return moves_##S##_avx512[rule][slots];                              \
      case descent_instruction_set_avx2: return moves_##S##_avx2[rule][slots];                                  \
      default: return moves_##S##_baseline[rule][slots];                                                        \
    }                                                                                                           \
  }
#else
#define TABLES(S)                                                                                               \
  const descent_kernels_##S *descent_kernels_for_##S(descent_instruction_set set) {                             \
    (void)set;                                                                                                  \
    return &kernels_##S##_baseline;                                                                             \
  }                                                                                                             \
  static descent_move move_for_##S(descent_rule rule, int slots, descent_instruction_set set) {                 \
    (void)set;                                                                                                  \
    return moves_##S##_baseline[rule][slots];                                                                   \
  }
#endif
TABLES(f64)
TABLES(f32)

descent_move descent_move_for(descent_rule rule, int slots, size_t element, descent_instruction_set set) {
  return element == sizeof(double) ? move_for_f64(rule, slots, set) : move_for_f32(rule, slots, set);
}
