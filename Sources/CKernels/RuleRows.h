// Included by KernelTemplate.h for every scalar type and instruction set.

// The row function of a rule: x, already decayed, moves along g; what is in `state` is replaced. The same operations in
// the same order as the rule's `move` in Swift. `plain` is what the rule's MOVE says it is.
#define RULE(rule)                                                                                              \
  static inline __attribute__((always_inline)) NAME(Value)                                                      \
      NAME(rule##_row)(NAME(Value) x, NAME(Value) g, T rate, NAME(Value) * state, const descent_##rule *c,       \
                       int slots, bool plain)

// What a row adds to the sums that a rule takes before it moves; `state` is a copy. As the rule's `measure` in Swift.
#define SUMS(rule)                                                                                              \
  static inline __attribute__((always_inline)) void                                                             \
      NAME(rule##_terms)(NAME(Value) x, NAME(Value) g, T rate, NAME(Value) * state, const descent_##rule *c,     \
                         NAME(Wide) * sums)

RULE(sgd) {
  if (slots == 0) return x - rate * g;
  state[0] = NAME(flushed)((T)c->decay * state[0] + (plain ? g : (T)c->gain * g));
  return x - rate * (!plain && c->nesterov ? g + (T)c->lookahead * state[0] : state[0]);
}

RULE(adam) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (g * g));
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->square_scale * state[1] + (T)c->root_epsilon);
  return x - rate * ((T)c->mean_scale * state[0] / (root + (T)c->epsilon));
}

RULE(lion) {
  (void)slots, (void)plain;
  const NAME(Value) mixed = (T)c->beta1 * state[0] + (T)c->gain1 * g;
  state[0] = NAME(flushed)((T)c->beta2 * state[0] + (T)c->gain2 * g);
  return x - rate * NAME(sign)(mixed);
}

RULE(rmsprop) {
  (void)plain;
  state[0] = NAME(flushed)((T)c->rho * state[0] + (T)c->gain * (g * g));
  NAME(Value) square = (T)c->scale * state[0];
  // Slots: the mean where it is centred, and the momentum last.
  if (slots > 1 && c->centered) {
    state[1] = NAME(flushed)((T)c->rho * state[1] + (T)c->gain * g);
    const NAME(Value) mean = (T)c->scale * state[1];
    square -= mean * mean;
    square = square < 0 ? (NAME(Value))0 : square;
  }
  const NAME(Value) d = g / (__builtin_elementwise_sqrt(square + (T)c->root_epsilon) + (T)c->epsilon);
  if (slots == 1 || !c->has_momentum) return x - rate * d;
  NAME(Value) *buffer = &state[slots - 1];
  *buffer = NAME(flushed)((T)c->momentum * *buffer + d);
  return x - rate * (c->nesterov ? d + (T)c->momentum * *buffer : *buffer);
}

RULE(adagrad) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)(state[0] + g * g);
  const NAME(Value) root = __builtin_elementwise_sqrt(state[0] + (T)c->root_epsilon);
  return x - rate * ((T)c->rate_factor * g / (root + (T)c->epsilon));
}

RULE(amsgrad) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (g * g));
  state[2] = NAME(flushed)(NAME(maximum)(state[2], (T)c->scale_before * state[1]));
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->scale_after * state[2]);
  return x - rate * ((T)c->mean_scale * state[0] / (root + (T)c->epsilon));
}

RULE(nadam) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (g * g));
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->square_scale * state[1]);
  return x - rate * (((T)c->gradient_scale * g + (T)c->mean_scale * state[0]) / (root + (T)c->epsilon));
}

RULE(radam) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (g * g));
  const NAME(Value) mean = (T)c->mean_scale * state[0];
  if (!c->is_rectified) return x - rate * mean;
  return x - rate * (mean / (__builtin_elementwise_sqrt((T)c->square_scale * state[1]) + (T)c->epsilon));
}

RULE(adabelief) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  const NAME(Value) deviation = g - state[0];
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (deviation * deviation) +
                           (T)c->accumulated_epsilon);
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->square_scale * state[1]);
  return x - rate * ((T)c->mean_scale * state[0] / (root + (T)c->epsilon));
}

RULE(yogi) {
  (void)slots, (void)plain;
  const NAME(Value) square = g * g;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)(state[1] - (T)c->gain2 * (NAME(sign)(state[1] - square) * square));
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->square_scale * state[1]);
  return x - rate * ((T)c->mean_scale * state[0] / (root + (T)c->epsilon));
}

RULE(adan) {
  (void)slots, (void)plain;
  const NAME(Value) difference = c->is_first ? (NAME(Value))0 : g - state[3];
  const NAME(Value) ahead = g + (T)c->weight * difference;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * difference);
  state[2] = NAME(flushed)((T)c->beta3 * state[2] + (T)c->gain3 * (ahead * ahead));
  state[3] = NAME(flushed)(g);
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->square_scale * state[2] + (T)c->root_epsilon);
  const NAME(Value) mean = (T)c->mean_scale * state[0] + (T)c->difference_scale * state[1];
  const NAME(Value) after = x - rate * (mean / (root + (T)c->epsilon));
  return c->decay != 0 ? after / ((T)1 + rate * (T)c->decay) : after;
}

RULE(ademamix) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)((T)c->beta3 * state[1] + (T)c->gain3 * g);
  state[2] = NAME(flushed)((T)c->beta2 * state[2] + (T)c->gain2 * (g * g));
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->square_scale * state[2]);
  return x - rate * (((T)c->mean_scale * state[0] + (T)c->alpha * state[1]) / (root + (T)c->epsilon));
}

RULE(adopt) {
  (void)slots, (void)plain;
  if (c->is_first) {
    state[1] = NAME(flushed)(g * g);
    return x;
  }
  const NAME(Value) bound = (T)c->bound;
  const NAME(Value) ratio = g / NAME(maximum)(__builtin_elementwise_sqrt(state[1]), (NAME(Value))(T)c->epsilon);
  const NAME(Value) clamped = NAME(maximum)(NAME(minimum)(ratio, bound), -bound);
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * clamped);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (g * g));
  return x - rate * state[0];
}

RULE(optimistic_adam) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->adam.beta1 * state[0] + (T)c->adam.gain1 * g);
  state[1] = NAME(flushed)((T)c->adam.beta2 * state[1] + (T)c->adam.gain2 * (g * g));
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->adam.square_scale * state[1]);
  const NAME(Value) mean = (T)c->adam.gradient_scale * g + (T)c->adam.mean_scale * state[0];
  const NAME(Value) direction = mean / (root + (T)c->adam.epsilon);
  const NAME(Value) change = c->is_first ? (NAME(Value))0 : direction - state[2];
  state[2] = NAME(flushed)(direction);
  return x - rate * ((T)c->alpha * direction + (T)c->beta * change);
}

RULE(adadelta) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->rho * state[0] + (T)c->gain * (g * g));
  const NAME(Value) update =
      __builtin_elementwise_sqrt((state[1] + (T)c->epsilon) / (state[0] + (T)c->epsilon)) * g;
  state[1] = NAME(flushed)((T)c->rho * state[1] + (T)c->gain * (update * update));
  return x - rate * update;
}

RULE(ftrl) {
  (void)slots, (void)plain;
  if (!(rate > 0)) {
    state[0] = NAME(flushed)(state[0]);
    state[1] = NAME(flushed)(state[1]);
    return x;
  }
  const NAME(Value) sum = state[0] + g * g;
  const NAME(Value) root = __builtin_elementwise_sqrt(sum);
  const NAME(Value) dual = state[1] + (g - (root - __builtin_elementwise_sqrt(state[0])) / rate * x);
  const NAME(Value) excess = __builtin_elementwise_abs(dual) - (T)c->lambda1;
  const NAME(Value) moved =
      -(rate * (NAME(sign)(dual) * excess)) / ((T)c->beta + root + rate * (T)c->lambda2);
  state[0] = NAME(flushed)(sum);
  state[1] = NAME(flushed)(dual);
  return excess > 0 ? moved : (NAME(Value))0;
}

SUMS(fromage) {
  (void)rate, (void)state, (void)c;
  sums[0] = NAME(add_product)(sums[0], x, x);
  sums[1] = NAME(add_product)(sums[1], g, g);
}

RULE(fromage) {
  (void)slots, (void)plain, (void)state;
  return (x - rate * (T)c->ratio * g) / (NAME(Value))__builtin_elementwise_sqrt((T)1 + rate * rate);
}

RULE(adamax) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)(NAME(maximum)((T)c->beta2 * state[1], __builtin_elementwise_abs(g) + (T)c->epsilon));
  return x - rate * ((T)c->mean_scale * state[0] / state[1]);
}

RULE(signum) {
  (void)plain;
  if (slots == 0) return x - rate * NAME(sign)(g);
  state[0] = NAME(flushed)((T)c->momentum * state[0] + (T)c->gain * g);
  return x - rate * NAME(sign)(state[0]);
}

RULE(quasi_hyperbolic) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->momentum * state[0] + (T)c->gain * g);
  return x - rate * ((T)c->gradient_weight * g + (T)c->nu * state[0]);
}

RULE(optimistic_descent) {
  (void)slots, (void)plain;
  const NAME(Value) change = c->is_first ? (NAME(Value))0 : g - state[0];
  state[0] = NAME(flushed)(g);
  return x - rate * ((T)c->alpha * g + (T)c->beta * change);
}

RULE(rprop) {
  (void)slots, (void)plain;
  const NAME(Value) sign = NAME(sign)(g), agreement = sign * state[1];
  const NAME(Value) growth = agreement > 0 ? (NAME(Value))(T)c->increase : (NAME(Value))1;
  const NAME(Value) factor = agreement < 0 ? (NAME(Value))(T)c->decrease : growth;
  state[0] = NAME(flushed)(NAME(minimum)(NAME(maximum)(factor * state[0], (NAME(Value))(T)c->least_step),
                                         (NAME(Value))(T)c->largest_step));
  state[1] = NAME(flushed)(agreement < 0 ? (NAME(Value))0 : sign);
  return x - rate * (state[1] * state[0]);
}

RULE(asgd) {
  (void)slots, (void)plain;
  rate *= (T)c->rate_factor;
  x = x * ((T)1 - (T)c->lambda * rate) - rate * g;
  if (!c->is_averaging) {
    state[0] = NAME(flushed)(x);
    return x;
  }
  const NAME(Value) average = NAME(begun)(state[0], x);
  state[0] = NAME(flushed)(average + (x - average) * (T)c->weight);
  return x;
}

static inline __attribute__((always_inline)) NAME(Value)
    NAME(lamb_direction)(NAME(Value) x, NAME(Value) g, NAME(Value) * state, const descent_lamb *c) {
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (g * g));
  const NAME(Value) root = __builtin_elementwise_sqrt((T)c->square_scale * state[1]);
  return (T)c->mean_scale * state[0] / (root + (T)c->epsilon) + (T)c->decay * x;
}

SUMS(lamb) {
  (void)rate;
  const NAME(Value) direction = NAME(lamb_direction)(x, g, state, c);
  sums[0] = NAME(add_product)(sums[0], x, x);
  sums[1] = NAME(add_product)(sums[1], direction, direction);
}

RULE(lamb) {
  (void)slots, (void)plain;
  return x - rate * ((T)c->trust * NAME(lamb_direction)(x, g, state, c));
}

SUMS(lars) {
  (void)rate, (void)state;
  const NAME(Value) direction = c->divides_by_sum ? g + (T)c->decay * x : g;
  sums[0] = NAME(add_product)(sums[0], x, x);
  sums[1] = NAME(add_product)(sums[1], direction, direction);
}

RULE(lars) {
  (void)slots, (void)plain;
  const NAME(Value) direction = rate * (T)c->trust * (g + (T)c->decay * x);
  state[0] = NAME(flushed)((T)c->momentum * state[0] + direction);
  return x - (c->nesterov ? direction + (T)c->momentum * state[0] : state[0]);
}

SUMS(novograd) {
  (void)x, (void)rate, (void)state, (void)c;
  sums[0] = NAME(add_product)(sums[0], g, g);
}

RULE(novograd) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (g / (T)c->divisor + (T)c->decay * x));
  return x - rate * state[0];
}

SUMS(prodigy) {
  (void)rate;
  const NAME(Value) travelled = NAME(begun)(state[3], x) - x;
  const NAME(Value) sum = __builtin_elementwise_abs((T)c->beta3 * state[2] + (T)c->sum_gain * g);
  sums[0] = NAME(add_product)(sums[0], (T)c->numerator_weight * g, travelled);
  sums[1] = NAME(add_product)(sums[1], sum, 1);
}

RULE(prodigy) {
  (void)slots, (void)plain;
  state[3] = NAME(flushed)(NAME(begun)(state[3], x));
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * g);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (g * g));
  state[2] = NAME(flushed)((T)c->beta3 * state[2] + (T)c->sum_gain * g);
  x -= (T)c->decay * x;
  return x - rate * (T)c->scale * state[0] / (__builtin_elementwise_sqrt(state[1]) + (T)c->epsilon);
}

SUMS(d_adaptation) {
  (void)x;
  const NAME(Value) preconditioned = state[2] / (__builtin_elementwise_sqrt(state[1]) + (T)c->epsilon);
  const NAME(Value) sum = __builtin_elementwise_abs((T)c->sum_kept * state[2] + (T)c->sum_gain * rate * g);
  sums[0] = NAME(add_product)(sums[0], (T)c->numerator_weight * g, preconditioned);
  sums[1] = NAME(add_product)(sums[1], sum, 1);
}

RULE(d_adaptation) {
  (void)slots, (void)plain;
  state[0] = NAME(flushed)((T)c->beta1 * state[0] + (T)c->gain1 * rate * g);
  state[1] = NAME(flushed)((T)c->beta2 * state[1] + (T)c->gain2 * (g * g));
  state[2] = NAME(flushed)((T)c->sum_kept * state[2] + (T)c->sum_gain * rate * g);
  return (T)c->keep * x - state[0] / (__builtin_elementwise_sqrt(state[1]) + (T)c->epsilon);
}

// Moves z by -step, and x towards z; returns y, which is between them. Both begin where y is.
static inline __attribute__((always_inline)) NAME(Value)
    NAME(schedule_free)(NAME(Value) y, NAME(Value) step, NAME(Value) * state, const descent_schedule_free_average *c) {
  const NAME(Value) z = NAME(begun)(state[0], y), x = NAME(begun)(state[1], y);
  state[0] = NAME(flushed)(z - step);
  state[1] = NAME(flushed)((T)c->kept * x + (T)c->gain * state[0]);
  return (T)c->towards_iterate * state[0] + (T)c->towards_average * state[1];
}

RULE(schedule_free_sgd) {
  (void)slots, (void)plain;
  return NAME(schedule_free)(x, rate * (g + (T)c->decay * x), state, &c->average);
}

RULE(schedule_free_adamw) {
  (void)slots, (void)plain;
  state[2] = NAME(flushed)((T)c->beta2 * state[2] + (T)c->gain2 * (g * g));
  const NAME(Value) direction =
      g / ((T)c->root_scale * __builtin_elementwise_sqrt(state[2]) + (T)c->epsilon);
  return NAME(schedule_free)(x, rate * (direction + (T)c->decay * x), state, &c->average);
}

RULE(schedule_free_radam) {
  (void)slots, (void)plain;
  const descent_schedule_free_adamw *adamw = &c->adamw;
  state[2] = NAME(flushed)((T)adamw->beta2 * state[2] + (T)adamw->gain2 * (g * g));
  const NAME(Value) root = (T)adamw->root_scale * __builtin_elementwise_sqrt(state[2]);
  const NAME(Value) direction = c->is_rectified ? g / (root + (T)adamw->epsilon) : g;
  return NAME(schedule_free)(x, rate * (T)c->rate_factor * (direction + (T)adamw->decay * x), state, &adamw->average);
}
#undef RULE
#undef SUMS
