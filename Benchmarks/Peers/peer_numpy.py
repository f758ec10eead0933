"""NumPy: one array operation after the other, each into memory that is there already."""

import math

import numpy as np

from shared import Unsupported

RATE = 1e-3


def describe():
    return f"NumPy {np.__version__}"


def sgd(t, x, g, slots, a, b):
    np.multiply(g, RATE, out=a)
    np.subtract(x, a, out=x)


def momentum(t, x, g, slots, a, b):
    (m,) = slots
    np.multiply(m, 0.9, out=m)
    np.add(m, g, out=m)
    np.multiply(m, RATE, out=a)
    np.subtract(x, a, out=x)


def nesterov(t, x, g, slots, a, b):
    (m,) = slots
    np.multiply(m, 0.9, out=m)
    np.add(m, g, out=m)
    np.multiply(m, 0.9, out=a)
    np.add(a, g, out=a)
    np.multiply(a, RATE, out=a)
    np.subtract(x, a, out=x)


def adam(t, x, g, slots, a, b):
    m, v = slots
    np.multiply(m, 0.9, out=m)
    np.multiply(g, 1 - 0.9, out=a)
    np.add(m, a, out=m)
    np.multiply(v, 0.999, out=v)
    np.multiply(g, g, out=a)
    np.multiply(a, 1 - 0.999, out=a)
    np.add(v, a, out=v)
    np.sqrt(v, out=a)
    np.multiply(a, 1 / math.sqrt(1 - 0.999**t), out=a)
    np.add(a, 1e-8, out=a)
    np.divide(m, a, out=a)
    np.multiply(a, RATE / (1 - 0.9**t), out=a)
    np.subtract(x, a, out=x)


def adamw(t, x, g, slots, a, b):
    np.multiply(x, 1 - RATE * 0.01, out=x)
    adam(t, x, g, slots, a, b)


def lion(t, x, g, slots, a, b):
    (m,) = slots
    np.multiply(m, 0.9, out=a)
    np.multiply(g, 1 - 0.9, out=b)
    np.add(a, b, out=a)
    np.sign(a, out=a)
    np.multiply(a, RATE, out=a)
    np.subtract(x, a, out=x)
    np.multiply(m, 0.99, out=m)
    np.multiply(g, 1 - 0.99, out=b)
    np.add(m, b, out=m)


def rmsprop(t, x, g, slots, a, b):
    (v,) = slots
    np.multiply(v, 0.99, out=v)
    np.multiply(g, g, out=a)
    np.multiply(a, 1 - 0.99, out=a)
    np.add(v, a, out=v)
    np.sqrt(v, out=a)
    np.add(a, 1e-8, out=a)
    np.divide(g, a, out=a)
    np.multiply(a, RATE, out=a)
    np.subtract(x, a, out=x)


def adagrad(t, x, g, slots, a, b):
    (v,) = slots
    np.multiply(g, g, out=a)
    np.add(v, a, out=v)
    np.sqrt(v, out=a)
    np.add(a, 1e-10, out=a)
    np.divide(g, a, out=a)
    np.multiply(a, RATE, out=a)
    np.subtract(x, a, out=x)


# Each with the number of arrays that it keeps.
RULES = {
    "sgd": (sgd, 0),
    "momentum": (momentum, 1),
    "nesterov": (nesterov, 1),
    "adam": (adam, 2),
    "adamw": (adamw, 2),
    "lion": (lion, 1),
    "rmsprop": (rmsprop, 1),
    "adagrad": (adagrad, 1),
}


class Contestant:
    def __init__(self, rule, mode, scalar, gradients, limit):
        if rule not in RULES:
            raise Unsupported("no such rule here")
        self.base, self.limit, self.time = gradients, limit, 0
        self.rule, slots = RULES[rule]
        self.x = [np.ones_like(g) for g in gradients]
        self.g = [g.copy() for g in gradients]
        # Written to, so that the memory is there before the clock runs.
        self.slots = [[np.full_like(g, 0) for _ in range(slots)] for g in gradients]
        self.scratch = [np.full_like(gradients[0], 0) for _ in range(3)]

    def set_gradients(self, gradients):
        for target, g in zip(self.g, gradients):
            target[...] = g

    def steps(self, count):
        (a, b, clipped), rule = self.scratch, self.rule
        for _ in range(count):
            self.time += 1
            factor = 1.0
            if self.limit is not None:
                # np.dot is OpenBLAS; np.linalg.norm is several times slower.
                factor = min(1.0, self.limit / math.sqrt(sum(float(np.dot(g, g)) for g in self.g)))
            for x, g, slots in zip(self.x, self.g, self.slots):
                if factor != 1:
                    g = np.multiply(g, factor, out=clipped)
                rule(self.time, x, g, slots, a, b)

    def parameters(self):
        return self.x
