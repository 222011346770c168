#include "CDelta.h"
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Length of the well-formed sequence at `text` (RFC 3629 §4: no overlong form, no surrogate, at most U+10FFFF), or 0.
static inline size_t sequenceLength(const uint8_t *text, const uint8_t *end) {
    uint8_t lead = text[0];
    size_t left = (size_t)(end - text);
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return left > 1 && (text[1] & 0xC0) == 0x80 ? 2 : 0;
    if (lead < 0xF0) {
        if (left < 3 || (text[1] & 0xC0) != 0x80 || (text[2] & 0xC0) != 0x80) return 0;
        if (lead == 0xE0 && text[1] < 0xA0) return 0;
        if (lead == 0xED && text[1] > 0x9F) return 0;
        return 3;
    }
    if (lead > 0xF4 || left < 4) return 0;
    if ((text[1] & 0xC0) != 0x80 || (text[2] & 0xC0) != 0x80 || (text[3] & 0xC0) != 0x80) return 0;
    if (lead == 0xF0 && text[1] < 0x90) return 0;
    if (lead == 0xF4 && text[1] > 0x8F) return 0;
    return 4;
}

// Whether sixteen bytes are ASCII without U+0000. May be wrong in saying no.
static inline int isPlain(const uint8_t *text) {
#if defined(__SSE2__)
    __m128i bytes = _mm_loadu_si128((const __m128i *)text);
    return _mm_movemask_epi8(_mm_or_si128(bytes, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()))) == 0;
#else
    const uint64_t ones = 0x0101010101010101ULL, tops = 0x8080808080808080ULL;
    uint64_t a, b;
    memcpy(&a, text, 8);
    memcpy(&b, text + 8, 8);
    return (((a | b) | ((a - ones) & ~a) | ((b - ones) & ~b)) & tops) == 0;
#endif
}

int delta_check(const uint8_t *text, size_t count) {
    const uint8_t *end = text + count;
    int found = 0;
    while (text < end) {
        while (end - text >= 16 && isPlain(text)) text += 16;
        const uint8_t *stop = end - text > 16 ? text + 16 : end;
        while (text < stop) {
            if (*text == 0) found |= 2;
            size_t length = sequenceLength(text, end);
            if (length == 0) {
                found |= 1;
                length = 1;
            }
            text += length;
        }
    }
    return found;
}
