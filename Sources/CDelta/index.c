#include "CDelta.h"

// Offsets are written eight at a time, also past the last one: most words have at most eight, and one branch is cheaper
// than one a bit. That is what the 64 extra numbers in `positions` are for.
static inline uint32_t *flatten(uint64_t mask, uint32_t offset, uint32_t *out) {
    if (mask == 0) return out;
    int count = __builtin_popcountll(mask);
    uint32_t *end = out + count;
    do {
        for (int i = 0; i < 8; i++) {
            out[i] = offset + (uint32_t)__builtin_ctzll(mask | (1ULL << 63));
            mask &= mask - 1;
        }
        out += 8;
    } while (out < end);
    return end;
}

static inline int isStructural(uint8_t byte, uint8_t separator) {
    return byte == separator || byte == ',' || byte == '"' || byte == '\n' || byte == '\r';
}

static size_t indexBytes(const uint8_t *text, size_t from, size_t count, uint8_t separator, uint32_t *out) {
    uint32_t *start = out;
    for (size_t i = from; i < count; i++) {
        if (isStructural(text[i], separator)) *out++ = (uint32_t)i;
    }
    return (size_t)(out - start);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2,bmi,popcnt"))) static size_t
indexAVX2(const uint8_t *text, size_t from, size_t count, uint8_t separator, uint32_t *positions) {
    const __m256i s = _mm256_set1_epi8((char)separator), c = _mm256_set1_epi8(','), q = _mm256_set1_epi8('"');
    const __m256i l = _mm256_set1_epi8('\n'), r = _mm256_set1_epi8('\r');
    uint32_t *out = positions;
    size_t i = from;
    for (; i + 64 <= count; i += 64) {
        uint64_t mask = 0;
        for (int half = 0; half < 2; half++) {
            __m256i b = _mm256_loadu_si256((const __m256i *)(text + i + 32 * half));
            __m256i m = _mm256_or_si256(_mm256_cmpeq_epi8(b, s), _mm256_cmpeq_epi8(b, c));
            m = _mm256_or_si256(m, _mm256_cmpeq_epi8(b, q));
            m = _mm256_or_si256(m, _mm256_or_si256(_mm256_cmpeq_epi8(b, l), _mm256_cmpeq_epi8(b, r)));
            mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(m) << (32 * half);
        }
        out = flatten(mask, (uint32_t)i, out);
    }
    return (size_t)(out - positions) + indexBytes(text, i, count, separator, out);
}

static size_t indexSSE2(const uint8_t *text, size_t from, size_t count, uint8_t separator, uint32_t *positions) {
    const __m128i s = _mm_set1_epi8((char)separator), c = _mm_set1_epi8(','), q = _mm_set1_epi8('"');
    const __m128i l = _mm_set1_epi8('\n'), r = _mm_set1_epi8('\r');
    uint32_t *out = positions;
    size_t i = from;
    for (; i + 64 <= count; i += 64) {
        uint64_t mask = 0;
        for (int part = 0; part < 4; part++) {
            __m128i b = _mm_loadu_si128((const __m128i *)(text + i + 16 * part));
            __m128i m = _mm_or_si128(_mm_cmpeq_epi8(b, s), _mm_cmpeq_epi8(b, c));
            m = _mm_or_si128(m, _mm_cmpeq_epi8(b, q));
            m = _mm_or_si128(m, _mm_or_si128(_mm_cmpeq_epi8(b, l), _mm_cmpeq_epi8(b, r)));
            mask |= (uint64_t)(uint16_t)_mm_movemask_epi8(m) << (16 * part);
        }
        out = flatten(mask, (uint32_t)i, out);
    }
    return (size_t)(out - positions) + indexBytes(text, i, count, separator, out);
}
#endif

size_t delta_index(const uint8_t *text, size_t from, size_t end, uint8_t separator, uint32_t *positions) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return indexAVX2(text, from, end, separator, positions);
    return indexSSE2(text, from, end, separator, positions);
#else
    return indexBytes(text, from, end, separator, positions);
#endif
}
