/* A chain of weights that hangs between two nails: a simulator in C that owns its memory. */
#pragma once
#include <stddef.h>

typedef struct chain chain;

/* So many weights at height 0, or NULL where there is no memory. */
chain *chain_create(size_t count);
void chain_destroy(chain *chain);

/* The heights, owned by the chain. */
double *chain_heights(chain *chain);

/* The energy: springs between neighbours, and weight. Writes its slope in each height. */
double chain_energy(const chain *chain, double *slopes);
