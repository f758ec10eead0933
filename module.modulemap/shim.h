// The two C interfaces Descent calls: BLAS levels 1 to 3, and LAPACK.
#include <cblas.h>
#include <lapacke.h>
