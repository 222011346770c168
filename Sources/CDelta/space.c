#define _GNU_SOURCE
#include "CDelta.h"
#include <fcntl.h>

void delta_reserve(int descriptor, int64_t offset, int64_t count) {
#if defined(__linux__)
    if (fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, count) != 0) return;
#else
    (void)descriptor, (void)offset, (void)count;
#endif
}

void delta_release(int descriptor, int64_t offset, int64_t count) {
#if defined(__linux__)
    if (fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count) != 0) return;
#else
    (void)descriptor, (void)offset, (void)count;
#endif
}
