#ifndef CFILESYSTEM_H
#define CFILESYSTEM_H

#include <stdint.h>
#include <sys/types.h>

// System calls that the C library shows only with _GNU_SOURCE. All return -1 and set errno on failure.

// When a file came into being, in nanoseconds since 1970 UTC; where the file system does not know, ENOTSUP.
int weir_birth_time(const char *path, int64_t *nanoseconds);

// Copies up to count bytes between two open files, from their current positions, inside the kernel where it can.
ssize_t weir_copy_range(int from, int to, size_t count);

// Makes `to` (empty, open for writing) share the content of `from` until either changes: a reflink.
int weir_clone(int from, int to);

#endif
