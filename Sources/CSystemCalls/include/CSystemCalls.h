#ifndef MARTLET_CSYSTEMCALLS_H
#define MARTLET_CSYSTEMCALLS_H

#include <stddef.h>
#include <stdint.h>

#endif
