#include "CChain.h"
#include <stdlib.h>

struct chain {
  size_t count;
  double *heights;
};

chain *chain_create(size_t count) {
  chain *made = malloc(sizeof *made);
  double *heights = calloc(count, sizeof *heights);
  if (made == NULL || heights == NULL) {
    free(made);
    free(heights);
    return NULL;
  }
  *made = (chain){count, heights};
  return made;
}

void chain_destroy(chain *chain) {
  if (chain == NULL) return;
  free(chain->heights);
  free(chain);
}

double *chain_heights(chain *chain) { return chain->heights; }

double chain_energy(const chain *chain, double *slopes) {
  const double weight = 0.01;
  double energy = 0;
  for (size_t i = 0; i < chain->count; i++) slopes[i] = weight;
  for (size_t i = 0; i <= chain->count; i++) {
    double left = i == 0 ? 0 : chain->heights[i - 1];
    double right = i == chain->count ? 0 : chain->heights[i];
    double stretch = right - left;
    energy += stretch * stretch / 2;
    if (i > 0) slopes[i - 1] -= stretch;
    if (i < chain->count) {
      slopes[i] += stretch;
      energy += weight * chain->heights[i];
    }
  }
  return energy;
}
