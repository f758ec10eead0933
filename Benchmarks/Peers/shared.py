"""What the worker and the libraries have in common."""

import os

import numpy as np

# How many threads a library may use; who starts the worker says so.
THREADS = int(os.environ["OMP_NUM_THREADS"])


class Unsupported(Exception):
    """The library has no such rule or mode."""


def base_gradient(elements, tensor, scalar):
    """Multiples of 1/16 without a zero, the same in every library: g[i] = ((i + tensor) mod 17 - 8.5) / 8."""
    return (((np.arange(elements) + tensor) % 17 - 8.5) / 8).astype(scalar)
