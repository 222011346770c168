#pragma once
#include <stddef.h>
#include <stdint.h>

/// Writes the offset of every byte from `from` up to `end` that may end or change a CSV field (separator, comma, quote,
/// CR, LF), ascending, into `positions`, which must have room for `end` - `from` + 64 numbers. Returns how many there are.
size_t delta_index(const uint8_t *text, size_t from, size_t end, uint8_t separator, uint32_t *positions);

/// 0: `text` is UTF-8 (RFC 3629) without U+0000. Otherwise bit 0 says that it is not UTF-8, bit 1 that it holds U+0000.
int delta_check(const uint8_t *text, size_t count);

/// Whether `delta_check` gives 0, several times as fast.
int delta_isPlain(const uint8_t *text, size_t count);

/// Asks for disk space that will soon be written, behind the end of a file: one call costs less than finding space page
/// by page. Only a hint: nothing happens where the file system cannot or has no room.
void delta_reserve(int descriptor, int64_t offset, int64_t count);

/// Gives the disk space and the cached pages of a part of a file back; what is read there afterwards is zeros. Only a
/// hint: nothing happens where the file system cannot.
void delta_release(int descriptor, int64_t offset, int64_t count);

/// Something that computes SHA-256 of sixteen messages at once, for one thread at a time; NULL where processor or machine
/// have nothing of the kind. It is Intel's multi-buffer library, if that is installed.
void *delta_hashes_make(void);
void delta_hashes_free(void *hashes);

/// Computes the sums, 32 bytes each, of `count` messages of less than 64 KB, one behind the other, each up to its end.
/// Returns 0 if not all came about.
int delta_hashes_run(void *hashes, const uint8_t *messages, const uint32_t *ends, size_t count, uint8_t *sums);

/// Asks for the first 256 bytes at `place`, which will be read soon.
static inline void delta_prefetch(const uint8_t *place) {
    __builtin_prefetch(place);
    __builtin_prefetch(place + 64);
    __builtin_prefetch(place + 128);
    __builtin_prefetch(place + 192);
}
