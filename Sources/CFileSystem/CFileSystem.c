#define _GNU_SOURCE
#include "CFileSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/fs.h>
#include <sys/ioctl.h>

int weir_birth_time(const char *path, int64_t *nanoseconds) {
    struct statx status;
    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &status) != 0) return -1;
    if (!(status.stx_mask & STATX_BTIME)) {
        errno = ENOTSUP;
        return -1;
    }
    *nanoseconds = status.stx_btime.tv_sec * INT64_C(1000000000) + status.stx_btime.tv_nsec;
    return 0;
}

ssize_t weir_copy_range(int from, int to, size_t count) {
    return copy_file_range(from, NULL, to, NULL, count, 0);
}

int weir_clone(int from, int to) {
    return ioctl(to, FICLONE, from);
}

#else

int weir_birth_time(const char *path, int64_t *nanoseconds) {
    (void)path, (void)nanoseconds;
    errno = ENOTSUP;
    return -1;
}

ssize_t weir_copy_range(int from, int to, size_t count) {
    (void)from, (void)to, (void)count;
    errno = ENOSYS;
    return -1;
}

int weir_clone(int from, int to) {
    (void)from, (void)to;
    errno = ENOTSUP;
    return -1;
}

#endif
