#include "CDelta.h"
#include <string.h>

// Whole blocks of text are checked with table look-ups (J. Keiser, D. Lemire, "Validating UTF-8 in less than one
// instruction per byte", 2021): what a byte and the one before it may be together follows from three of their four
// half-bytes, each of which rules errors out; what is left when all three are taken together is an error. Third and
// fourth bytes are then compared with where they have to stand.

#if defined(__x86_64__)
#include <immintrin.h>

enum {
    tooShort = 1 << 0,      // A first byte that no second one follows.
    tooLong = 1 << 1,       // A second byte behind ASCII.
    overlong3 = 1 << 2,     // E0 80…9F
    tooLarge = 1 << 3,      // F4 90…BF, F5…FF
    surrogate = 1 << 4,     // ED A0…BF
    overlong2 = 1 << 5,     // C0, C1
    tooLarge1000 = 1 << 6,  // F5…FF 80…8F
    overlong4 = 1 << 6,     // F0 80…8F
    twoSeconds = 1 << 7,    // Two bytes that are not first: right where they are the third or fourth.
    always = tooShort | tooLong | twoSeconds,
};

#define TABLE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
#define AVX2 __attribute__((target("avx2")))

// The text shifted by `count` bytes, with the end of the 32 bytes before it in front.
#define BEHIND(bytes, before, count) \
    _mm256_alignr_epi8(bytes, _mm256_permute2x128_si256(before, bytes, 0x21), 16 - (count))

AVX2 static inline __m256i errors(__m256i bytes, __m256i before) {
    const __m256i low = _mm256_set1_epi8(0x0F);
    const __m256i firstHigh = TABLE(
        tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, (char)twoSeconds, (char)twoSeconds,
        (char)twoSeconds, (char)twoSeconds, tooShort | overlong2, tooShort, tooShort | overlong3 | surrogate,
        tooShort | tooLarge | tooLarge1000 | overlong4);
    const __m256i firstLow = TABLE(
        (char)(always | overlong3 | overlong2 | overlong4), (char)(always | overlong2), (char)always, (char)always,
        (char)(always | tooLarge), (char)(always | tooLarge | tooLarge1000), (char)(always | tooLarge | tooLarge1000),
        (char)(always | tooLarge | tooLarge1000), (char)(always | tooLarge | tooLarge1000),
        (char)(always | tooLarge | tooLarge1000), (char)(always | tooLarge | tooLarge1000),
        (char)(always | tooLarge | tooLarge1000), (char)(always | tooLarge | tooLarge1000),
        (char)(always | tooLarge | tooLarge1000 | surrogate), (char)(always | tooLarge | tooLarge1000),
        (char)(always | tooLarge | tooLarge1000));
    const __m256i secondHigh = TABLE(
        tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort,
        (char)(tooLong | overlong2 | twoSeconds | overlong3 | tooLarge1000 | overlong4),
        (char)(tooLong | overlong2 | twoSeconds | overlong3 | tooLarge),
        (char)(tooLong | overlong2 | twoSeconds | surrogate | tooLarge),
        (char)(tooLong | overlong2 | twoSeconds | surrogate | tooLarge), tooShort, tooShort, tooShort, tooShort);
    __m256i previous = BEHIND(bytes, before, 1);
    __m256i found = _mm256_and_si256(
        _mm256_shuffle_epi8(firstHigh, _mm256_and_si256(_mm256_srli_epi16(previous, 4), low)),
        _mm256_and_si256(
            _mm256_shuffle_epi8(firstLow, _mm256_and_si256(previous, low)),
            _mm256_shuffle_epi8(secondHigh, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low))));
    // The top bit is set where a third or a fourth byte has to stand.
    __m256i third = _mm256_subs_epu8(BEHIND(bytes, before, 2), _mm256_set1_epi8((char)(0xE0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(BEHIND(bytes, before, 3), _mm256_set1_epi8((char)(0xF0 - 0x80)));
    __m256i due = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(found, due);
}

AVX2 static int isPlainAVX2(const uint8_t *text, size_t count) {
    const __m256i zero = _mm256_setzero_si256();
    // As if ASCII stood before the text.
    __m256i before = zero, bad = zero, nulls = zero;
    // Whether the 32 bytes before ended in ASCII is not asked: they are all ASCII or go through the tables.
    int isASCII = 1;
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(text + i));
        __m256i b = _mm256_loadu_si256((const __m256i *)(text + i + 32));
        nulls = _mm256_or_si256(nulls, _mm256_or_si256(_mm256_cmpeq_epi8(a, zero), _mm256_cmpeq_epi8(b, zero)));
        int wasASCII = isASCII;
        isASCII = _mm256_movemask_epi8(_mm256_or_si256(a, b)) == 0;
        if (!isASCII || !wasASCII) {
            bad = _mm256_or_si256(bad, _mm256_or_si256(errors(a, before), errors(b, a)));
        }
        before = b;
    }
    // The rest, with ASCII behind it, which shows a sequence that is cut.
    uint8_t rest[96];
    memset(rest, ' ', sizeof rest);
    memcpy(rest, text + i, count - i);
    for (size_t j = 0; j < 96; j += 32) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(rest + j));
        nulls = _mm256_or_si256(nulls, _mm256_cmpeq_epi8(a, zero));
        bad = _mm256_or_si256(bad, errors(a, before));
        before = a;
    }
    bad = _mm256_or_si256(bad, nulls);
    return _mm256_testz_si256(bad, bad);
}
#endif

int delta_isPlain(const uint8_t *text, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return isPlainAVX2(text, count);
#endif
    return delta_check(text, count) == 0;
}
