"""Optax: update and application compiled as one function by JAX, in memory that it may reuse."""

import os

from shared import THREADS, Unsupported

# XLA takes a thread per processor that it may run on, and no setting changes that.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

RULES = {
    "sgd": lambda: optax.sgd(1e-3),
    "momentum": lambda: optax.sgd(1e-3, momentum=0.9),
    "nesterov": lambda: optax.sgd(1e-3, momentum=0.9, nesterov=True),
    "adam": lambda: optax.adam(1e-3),
    "adamw": lambda: optax.adamw(1e-3, weight_decay=0.01),
    "lion": lambda: optax.lion(1e-3, weight_decay=0),
    "rmsprop": lambda: optax.rmsprop(1e-3, decay=0.99, eps_in_sqrt=False),
    "adagrad": lambda: optax.adagrad(1e-3, initial_accumulator_value=0, eps=0),
}
# Compiling a step over a thousand tensors and more takes longer than all the rest.
MOST_TENSORS = 1000


def describe():
    return f"Optax {optax.__version__} with JAX {jax.__version__}"


class Contestant:
    def __init__(self, rule, mode, scalar, gradients, limit):
        if rule not in RULES:
            raise Unsupported("no such rule in Optax")
        if len(gradients) > MOST_TENSORS:
            raise Unsupported(f"compiling for {len(gradients)} tensors takes too long")
        transform = RULES[rule]()
        if limit is not None:
            transform = optax.chain(optax.clip_by_global_norm(limit), transform)

        def update(x, state, g):
            change, state = transform.update(g, state, x)
            return optax.apply_updates(x, change), state

        self.base = gradients
        self.update = jax.jit(update, donate_argnums=(0, 1))
        self.x = [jnp.ones(len(g), scalar) for g in gradients]
        self.state = transform.init(self.x)
        self.set_gradients(gradients)

    def set_gradients(self, gradients):
        self.g = [jnp.asarray(g) for g in gradients]

    def steps(self, count):
        update, x, state, g = self.update, self.x, self.state, self.g
        for _ in range(count):
            x, state = update(x, state, g)
        jax.block_until_ready((x, state))
        self.x, self.state = x, state

    def parameters(self):
        return [np.asarray(x) for x in self.x]
