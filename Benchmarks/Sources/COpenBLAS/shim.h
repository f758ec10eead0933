// The level-1 routines a user would call, and OpenBLAS's description of itself.
#include <cblas.h>
