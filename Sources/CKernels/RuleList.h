// Which kernels there are: a move for each number of slots that a rule may keep, and when its plain loop may leave out the
// rule's own multiplications by one; a measure for each rule that takes sums before it moves.
#pragma once

#define DESCENT_FOR_EACH_MOVE(DO) \
  DO(sgd, 0, true) \
  DO(sgd, 1, c.gain == 1 && !c.nesterov) \
  DO(adam, 2, true) \
  DO(lion, 1, true) \
  DO(rmsprop, 1, true) \
  DO(rmsprop, 2, true) \
  DO(rmsprop, 3, true) \
  DO(adagrad, 1, true) \
  DO(amsgrad, 3, true) \
  DO(nadam, 2, true) \
  DO(radam, 2, true) \
  DO(adabelief, 2, true) \
  DO(yogi, 2, true) \
  DO(adan, 4, true) \
  DO(ademamix, 3, true) \
  DO(adopt, 2, true) \
  DO(adadelta, 2, true) \
  DO(optimistic_adam, 3, true) \
  DO(ftrl, 2, true) \
  DO(fromage, 0, true) \
  DO(adamax, 2, true) \
  DO(signum, 0, true) \
  DO(signum, 1, true) \
  DO(quasi_hyperbolic, 1, true) \
  DO(optimistic_descent, 1, true) \
  DO(rprop, 2, true) \
  DO(asgd, 1, true) \
  DO(lamb, 2, true) \
  DO(lars, 1, true) \
  DO(novograd, 1, true) \
  DO(prodigy, 4, true) \
  DO(d_adaptation, 3, true) \
  DO(schedule_free_sgd, 2, true) \
  DO(schedule_free_adamw, 3, true) \
  DO(schedule_free_radam, 3, true)

#define DESCENT_FOR_EACH_MEASURE(DO) \
  DO(fromage, 0) \
  DO(lamb, 2) \
  DO(lars, 1) \
  DO(novograd, 1) \
  DO(prodigy, 4) \
  DO(d_adaptation, 3)
