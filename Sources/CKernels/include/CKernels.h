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

// --- Statistics.

#define DESCENT_DECLARE(T, S)                                                                                   \
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
  } descent_kernels_##S;                                                                                        \
  /* The table for an instruction set; the caller makes sure that the processor has it. */                      \
  const descent_kernels_##S *descent_kernels_for_##S(descent_instruction_set set);

DESCENT_DECLARE(double, f64)
DESCENT_DECLARE(float, f32)
#undef DESCENT_DECLARE

// --- Moves.

/// What clipping, decay and the schedule make of all elements of a tile: the gradient is seen as
/// `clamp(g, ±bound) · prescale · scale + coupled_decay · x`, and `x` is multiplied by `keep` before it moves. Every
/// number is rounded to the type of the elements once.
typedef struct {
  double scale, prescale, bound, coupled_decay, keep, rate;
  bool shaped;   // bound and prescale are in force
  bool coupled;  // coupled_decay is in force
  bool measured; // the size of the update is asked for
} descent_modifiers;

// What is equal for all elements, by rule; the rule's own file has the equations.

/// Of stochastic gradient descent; `decay` and `gain` are 0 and 1 at the first step.
typedef struct {
  double decay, gain, lookahead;
  bool has_momentum, nesterov;
} descent_sgd;

/// Of Adam.
typedef struct {
  double beta1, gain1, beta2, gain2, mean_scale, square_scale, epsilon, root_epsilon;
} descent_adam;

/// Of Lion.
typedef struct {
  double beta1, gain1, beta2, gain2;
} descent_lion;

/// Of RMSprop.
typedef struct {
  double rho, gain, scale, epsilon, root_epsilon, momentum;
  bool centered, has_momentum, nesterov;
} descent_rmsprop;

/// Of Adagrad.
typedef struct {
  double rate_factor, epsilon, root_epsilon;
} descent_adagrad;

/// Of AMSGrad.
typedef struct {
  double beta1, gain1, beta2, gain2, mean_scale, scale_before, scale_after, epsilon;
} descent_amsgrad;

/// Of NAdam.
typedef struct {
  double beta1, gain1, beta2, gain2, gradient_scale, mean_scale, square_scale, epsilon;
} descent_nadam;

/// Of RAdam.
typedef struct {
  double beta1, gain1, beta2, gain2, mean_scale, square_scale, epsilon;
  bool is_rectified;
} descent_radam;

/// Of AdaBelief.
typedef struct {
  double beta1, gain1, beta2, gain2, mean_scale, square_scale, epsilon, accumulated_epsilon;
} descent_adabelief;

/// Of Yogi.
typedef struct {
  double beta1, gain1, gain2, mean_scale, square_scale, epsilon;
} descent_yogi;

/// Of Adan.
typedef struct {
  double beta1, gain1, beta2, gain2, beta3, gain3;
  double weight, mean_scale, difference_scale, square_scale, epsilon, root_epsilon, decay;
  bool is_first;
} descent_adan;

/// Of AdEMAMix.
typedef struct {
  double beta1, gain1, beta2, gain2, beta3, gain3, alpha, mean_scale, square_scale, epsilon;
} descent_ademamix;

/// Of ADOPT.
typedef struct {
  double beta1, gain1, beta2, gain2, bound, epsilon;
  bool is_first;
} descent_adopt;

/// Of optimistic Adam.
typedef struct {
  descent_nadam adam;
  double alpha, beta;
  bool is_first;
} descent_optimistic_adam;

/// Of Adadelta.
typedef struct {
  double rho, gain, epsilon;
} descent_adadelta;

/// Of FTRL.
typedef struct {
  double lambda1, lambda2, beta;
} descent_ftrl;

/// Of Fromage.
typedef struct {
  double ratio;
} descent_fromage;

/// Of Adamax.
typedef struct {
  double beta1, gain1, beta2, mean_scale, epsilon;
} descent_adamax;

/// Of Signum.
typedef struct {
  double momentum, gain;
  bool has_momentum;
} descent_signum;

/// Of quasi-hyperbolic momentum.
typedef struct {
  double momentum, gain, nu, gradient_weight;
} descent_quasi_hyperbolic;

/// Of optimistic descent.
typedef struct {
  double alpha, beta;
  bool is_first;
} descent_optimistic_descent;

/// Of Rprop.
typedef struct {
  double decrease, increase, least_step, largest_step;
} descent_rprop;

/// Of ASGD.
typedef struct {
  double lambda, rate_factor, weight;
  bool is_averaging;
} descent_asgd;

/// Of LAMB.
typedef struct {
  double beta1, gain1, beta2, gain2, mean_scale, square_scale, epsilon, decay, trust;
} descent_lamb;

/// Of LARS.
typedef struct {
  double momentum, decay, trust;
  bool nesterov, divides_by_sum;
} descent_lars;

/// Of NovoGrad.
typedef struct {
  double beta1, divisor, decay;
} descent_novograd;

/// Of Prodigy: `numerator_weight` is (d / d₀) λ, `sum_gain` what the gradient is multiplied by in s, `scale` is λ / η,
/// `epsilon` d ε and `decay` λ w.
typedef struct {
  double numerator_weight, sum_gain, beta1, gain1, beta2, gain2, beta3, scale, epsilon, decay;
} descent_prodigy;

/// Of D-Adaptation: `numerator_weight` is (1 - q) λ, `sum_kept` q, `sum_gain` (1 - q) λ / η and `keep` 1 - λ w.
typedef struct {
  double numerator_weight, beta1, gain1, beta2, gain2, epsilon, sum_kept, sum_gain, keep;
} descent_d_adaptation;

/// Of the average that schedule-free rules keep: 1 - c, c, 1 - β and β.
typedef struct {
  double kept, gain, towards_iterate, towards_average;
} descent_schedule_free_average;

/// Of schedule-free SGD.
typedef struct {
  double decay;
  descent_schedule_free_average average;
} descent_schedule_free_sgd;

/// Of schedule-free AdamW; `root_scale` is 1 / √(1 - β₂ᵏ).
typedef struct {
  double beta2, gain2, root_scale, epsilon, decay;
  descent_schedule_free_average average;
} descent_schedule_free_adamw;

/// Of schedule-free RAdam.
typedef struct {
  descent_schedule_free_adamw adamw;
  double rate_factor;
  bool is_rectified;
} descent_schedule_free_radam;

/// The rules that have kernels.
typedef enum {
  descent_rule_sgd,
  descent_rule_adam,
  descent_rule_lion,
  descent_rule_rmsprop,
  descent_rule_adagrad,
  descent_rule_amsgrad,
  descent_rule_nadam,
  descent_rule_radam,
  descent_rule_adabelief,
  descent_rule_yogi,
  descent_rule_adan,
  descent_rule_ademamix,
  descent_rule_adopt,
  descent_rule_optimistic_adam,
  descent_rule_adadelta,
  descent_rule_ftrl,
  descent_rule_fromage,
  descent_rule_adamax,
  descent_rule_signum,
  descent_rule_quasi_hyperbolic,
  descent_rule_optimistic_descent,
  descent_rule_rprop,
  descent_rule_asgd,
  descent_rule_lamb,
  descent_rule_lars,
  descent_rule_novograd,
  descent_rule_prodigy,
  descent_rule_d_adaptation,
  descent_rule_schedule_free_sgd,
  descent_rule_schedule_free_adamw,
  descent_rule_schedule_free_radam,
  descent_rule_count,
} descent_rule;

/// Moves one tile of `n` elements with the coefficients of its rule; returns Σ (x after - x before)², if that is asked for.
typedef double (*descent_move)(void *x, void *const *slots, const void *gradient, size_t n,
                               const descent_modifiers *modifiers, const void *coefficients);

/// Takes the two sums of a rule that must know them before it can move, of one tile as it is; writes nothing else.
typedef void (*descent_measure)(const void *x, void *const *slots, const void *gradient, size_t n,
                                const descent_modifiers *modifiers, const void *coefficients, double *sums);

/// The kernels of a rule: a move for each number of slots that it may keep, and null for the others; no `measure` where a
/// rule needs no sums.
typedef struct {
  descent_move moves[5];
  descent_measure measure;
} descent_rule_kernels;

/// The kernels of a rule for elements of 4 or 8 bytes; the caller makes sure that the processor has the instruction set.
const descent_rule_kernels *descent_rule_kernels_for(descent_rule rule, size_t element, descent_instruction_set set);

/// The kernel that moves a rule which keeps so many slots; null where it may not keep so many.
descent_move descent_move_for(descent_rule rule, int slots, size_t element, descent_instruction_set set);
