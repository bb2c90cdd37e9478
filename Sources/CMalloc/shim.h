// Of the GNU C library; absent where another one allocates.
#include <malloc.h>
