// The plain loops for one scalar type and one instruction set. Included once per pair, with SCALAR, NAME(base) and
// TARGET (an attribute, or nothing) defined.

TARGET static double NAME(read)(size_t n, const SCALAR *restrict g) {
  // Only a sum that may be reordered becomes vector code.
#pragma clang fp reassociate(on)
  SCALAR sum = 0;
  for (size_t i = 0; i < n; i++) sum += g[i] * g[i];
  return (double)sum;
}

TARGET static double NAME(measure)(size_t n, const SCALAR *restrict x, const SCALAR *restrict g, int slots,
                                   const SCALAR *restrict s0, const SCALAR *restrict s1, const SCALAR *restrict s2,
                                   const SCALAR *restrict s3) {
#pragma clang fp reassociate(on)
  SCALAR sum = 0;
  switch (slots) {
    case 0: for (size_t i = 0; i < n; i++) sum += g[i] * x[i]; break;
    case 1: for (size_t i = 0; i < n; i++) sum += g[i] * (x[i] + s0[i]); break;
    case 2: for (size_t i = 0; i < n; i++) sum += g[i] * (x[i] + s0[i] + s1[i]); break;
    case 3: for (size_t i = 0; i < n; i++) sum += g[i] * (x[i] + s0[i] + s1[i] + s2[i]); break;
    default: for (size_t i = 0; i < n; i++) sum += g[i] * (x[i] + s0[i] + s1[i] + s2[i] + s3[i]);
  }
  return (double)sum;
}

TARGET static void NAME(move)(size_t n, SCALAR *restrict x, const SCALAR *restrict g, int slots, SCALAR *restrict s0,
                              SCALAR *restrict s1, SCALAR *restrict s2, SCALAR *restrict s3) {
  const SCALAR mu = (SCALAR)0.9, a = (SCALAR)-1e-9;
  switch (slots) {
    case 0:
      for (size_t i = 0; i < n; i++) x[i] += a * g[i];
      break;
    case 1:
      for (size_t i = 0; i < n; i++) {
        s0[i] = mu * s0[i] + g[i];
        x[i] += a * s0[i];
      }
      break;
    case 2:
      for (size_t i = 0; i < n; i++) {
        s0[i] = mu * s0[i] + g[i];
        s1[i] = mu * s1[i] + g[i];
        x[i] += a * (s0[i] + s1[i]);
      }
      break;
    case 3:
      for (size_t i = 0; i < n; i++) {
        s0[i] = mu * s0[i] + g[i];
        s1[i] = mu * s1[i] + g[i];
        s2[i] = mu * s2[i] + g[i];
        x[i] += a * (s0[i] + s1[i] + s2[i]);
      }
      break;
    default:
      for (size_t i = 0; i < n; i++) {
        s0[i] = mu * s0[i] + g[i];
        s1[i] = mu * s1[i] + g[i];
        s2[i] = mu * s2[i] + g[i];
        s3[i] = mu * s3[i] + g[i];
        x[i] += a * (s0[i] + s1[i] + s2[i] + s3[i]);
      }
  }
}

// A pass over the n elements from `first` on.
TARGET static double NAME(pass)(floor_pass pass, size_t first, size_t n, const floor_vectors *v) {
  SCALAR *x = (SCALAR *)v->x + first, *s[floor_slot_limit];
  const SCALAR *g = (const SCALAR *)v->g + first;
  // A slot that is not there is not touched.
  for (int k = 0; k < floor_slot_limit; k++) s[k] = v->slots[k] ? (SCALAR *)v->slots[k] + first : NULL;
  switch (pass.action) {
    case floor_read: return NAME(read)(n, g);
    case floor_measure: return NAME(measure)(n, x, g, pass.slots, s[0], s[1], s[2], s[3]);
    case floor_move: NAME(move)(n, x, g, pass.slots, s[0], s[1], s[2], s[3]); return 0;
  }
  return 0;
}
