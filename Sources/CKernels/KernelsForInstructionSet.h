// Both scalar types for the instruction set named SET.
#define T double
#define BITS int64_t
#define S f64
#include "KernelTemplate.h"
#undef T
#undef BITS
#undef S

#define T float
#define BITS int32_t
#define S f32
#include "KernelTemplate.h"
#undef T
#undef BITS
#undef S
