// Takes the place of the C library's malloc in every program that links it.
#include <jemalloc/jemalloc.h>
