// The plain loops for one scalar type and one instruction set. Included once per pair, with SCALAR, NAME(base) and
// TARGET (an attribute, or nothing) defined.

TARGET static double NAME(read)(size_t n, const SCALAR *restrict g) {
  // Only a sum that may be reordered becomes vector code.
#pragma clang fp reassociate(on)
  SCALAR sum = 0;
  for (size_t i = 0; i < n; i++) sum += g[i] * g[i];
  return (double)sum;
}

TARGET static void NAME(axpy)(size_t n, SCALAR *restrict x, const SCALAR *restrict g) {
  const SCALAR a = (SCALAR)-1e-9;
  for (size_t i = 0; i < n; i++) x[i] += a * g[i];
}

TARGET static void NAME(momentum)(size_t n, SCALAR *restrict x, SCALAR *restrict m, const SCALAR *restrict g) {
  const SCALAR mu = (SCALAR)0.9, a = (SCALAR)-1e-9;
  for (size_t i = 0; i < n; i++) {
    m[i] = mu * m[i] + g[i];
    x[i] += a * m[i];
  }
}

TARGET static double NAME(pass)(floor_pass pass, size_t n, void *x, void *m, const void *g) {
  switch (pass) {
    case floor_pass_read: return NAME(read)(n, g);
    case floor_pass_axpy: NAME(axpy)(n, x, g); return 0;
    case floor_pass_momentum: NAME(momentum)(n, x, m, g); return 0;
  }
  return 0;
}
