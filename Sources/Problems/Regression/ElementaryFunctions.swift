#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

// The functions of the C library in one place, so that no other file has to choose a platform.

/// e to the power of x.
func exponential(_ x: Double) -> Double { exp(x) }

/// The natural logarithm.
func logarithm(_ x: Double) -> Double { log(x) }

/// The natural logarithm of 1 + x, without the loss of small x.
func logarithm(onePlus x: Double) -> Double { log1p(x) }
