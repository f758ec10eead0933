// Every kernel is compiled once per scalar type and instruction set; a table is picked at run time. (An ifunc,
// as target_clones makes, crashes under the thread sanitizer.)
#include "CKernels.h"
#include "RuleList.h"

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
#define PICK(table, S, set)                                                                                     \
  ((set) == descent_instruction_set_avx512 ? table##_##S##_avx512                                               \
   : (set) == descent_instruction_set_avx2 ? table##_##S##_avx2                                                 \
                                           : table##_##S##_baseline)
#else
#define PICK(table, S, set) ((void)(set), table##_##S##_baseline)
#endif

const descent_kernels_f64 *descent_kernels_for_f64(descent_instruction_set set) { return PICK(&kernels, f64, set); }
const descent_kernels_f32 *descent_kernels_for_f32(descent_instruction_set set) { return PICK(&kernels, f32, set); }

const descent_rule_kernels *descent_rule_kernels_for(descent_rule rule, size_t element, descent_instruction_set set) {
  return (element == sizeof(double) ? PICK(rules, f64, set) : PICK(rules, f32, set)) + rule;
}

descent_move descent_move_for(descent_rule rule, int slots, size_t element, descent_instruction_set set) {
  return descent_rule_kernels_for(rule, element, set)->moves[slots];
}
