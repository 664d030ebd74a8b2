#include "CChecksum.h"

#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

// All ways below work on the raw register: the caller inverts before and after.

static uint64_t load64(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}

// MARK: tables

static uint32_t tables[8][256];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void make_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
        tables[0][byte] = crc;
    }
    for (int slice = 1; slice < 8; slice++) {
        for (int byte = 0; byte < 256; byte++) {
            uint32_t crc = tables[slice - 1][byte];
            tables[slice][byte] = (crc >> 8) ^ tables[0][crc & 0xff];
        }
    }
}

static uint32_t crc_by_tables(uint32_t crc, const uint8_t *bytes, size_t length) {
    pthread_once(&tables_once, make_tables);
    for (; length >= 8; bytes += 8, length -= 8) {
        uint32_t low = crc ^ ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16
                              | (uint32_t)bytes[3] << 24);
        crc = tables[7][low & 0xff] ^ tables[6][low >> 8 & 0xff] ^ tables[5][low >> 16 & 0xff] ^ tables[4][low >> 24]
            ^ tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^ tables[0][bytes[7]];
    }
    while (length--) crc = (crc >> 8) ^ tables[0][(crc ^ *bytes++) & 0xff];
    return crc;
}

// MARK: the processor's instruction

#if defined(__x86_64__)

static bool knows_instruction(void) { return __builtin_cpu_supports("sse4.2"); }
static bool knows_folding(void) { return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul"); }

__attribute__((target("sse4.2")))
static uint32_t crc_by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    uint64_t wide = crc;
    for (; length >= 8; bytes += 8, length -= 8) wide = _mm_crc32_u64(wide, load64(bytes));
    crc = (uint32_t)wide;
    while (length--) crc = _mm_crc32_u8(crc, *bytes++);
    return crc;
}

// One folding step moves a 128-bit remainder `distance` bits further on. In the bit-reflected world its two constants are
// x^(distance+31) and x^(distance-33) modulo the polynomial.
__attribute__((target("sse4.2,pclmul")))
static inline __m128i fold(__m128i value, __m128i constants, __m128i next) {
    __m128i low = _mm_clmulepi64_si128(value, constants, 0x00);
    __m128i high = _mm_clmulepi64_si128(value, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

static inline __m128i load128(const uint8_t *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

__attribute__((target("sse4.2,pclmul")))
static uint32_t crc_by_folding(uint32_t crc, const uint8_t *bytes, size_t length) {
    if (length < 128) return crc_by_instruction(crc, bytes, length);
    const __m128i by_512 = _mm_set_epi64x(0x9e4addf8, 0x740eef02);
    const __m128i by_128 = _mm_set_epi64x(0x493c7d27, 0xf20c0dfe);
    __m128i a = _mm_xor_si128(load128(bytes), _mm_cvtsi32_si128((int)crc));
    __m128i b = load128(bytes + 16), c = load128(bytes + 32), d = load128(bytes + 48);
    bytes += 64;
    length -= 64;
    for (; length >= 64; bytes += 64, length -= 64) {
        a = fold(a, by_512, load128(bytes));
        b = fold(b, by_512, load128(bytes + 16));
        c = fold(c, by_512, load128(bytes + 32));
        d = fold(d, by_512, load128(bytes + 48));
    }
    a = fold(fold(fold(a, by_128, b), by_128, c), by_128, d);
    uint64_t wide = _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(a));
    wide = _mm_crc32_u64(wide, (uint64_t)_mm_extract_epi64(a, 1));
    return crc_by_instruction((uint32_t)wide, bytes, length);
}

#elif defined(__aarch64__)

#if defined(__linux__) && !defined(HWCAP_CRC32)
#define HWCAP_CRC32 (1 << 7)
#endif

static bool knows_instruction(void) {
#if defined(__linux__)
    return getauxval(AT_HWCAP) & HWCAP_CRC32;
#else
    return true;
#endif
}
static bool knows_folding(void) { return false; }

__attribute__((target("crc")))
static uint32_t crc_by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    for (; length >= 8; bytes += 8, length -= 8) crc = __builtin_arm_crc32cd(crc, load64(bytes));
    while (length--) crc = __builtin_arm_crc32cb(crc, *bytes++);
    return crc;
}

static uint32_t crc_by_folding(uint32_t crc, const uint8_t *bytes, size_t length) {
    return crc_by_instruction(crc, bytes, length);
}

#else

static bool knows_instruction(void) { return false; }
static bool knows_folding(void) { return false; }
static uint32_t crc_by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    return crc_by_tables(crc, bytes, length);
}
static uint32_t crc_by_folding(uint32_t crc, const uint8_t *bytes, size_t length) {
    return crc_by_tables(crc, bytes, length);
}

#endif

// MARK: choice

typedef uint32_t (*crc_function)(uint32_t, const uint8_t *, size_t);

static crc_function fastest = crc_by_tables;

__attribute__((constructor))
static void choose_fastest(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
#endif
    if (knows_folding()) fastest = crc_by_folding;
    else if (knows_instruction()) fastest = crc_by_instruction;
}

bool martlet_crc32c_knows(int way) {
    switch (way) {
    case MARTLET_CRC32C_SOFTWARE: return true;
    case MARTLET_CRC32C_INSTRUCTION: return knows_instruction();
    case MARTLET_CRC32C_FOLDING: return knows_folding();
    default: return false;
    }
}

uint32_t martlet_crc32c_by(int way, uint32_t crc, const void *data, size_t length) {
    switch (way) {
    case MARTLET_CRC32C_INSTRUCTION: return ~crc_by_instruction(~crc, data, length);
    case MARTLET_CRC32C_FOLDING: return ~crc_by_folding(~crc, data, length);
    default: return ~crc_by_tables(~crc, data, length);
    }
}

uint32_t martlet_crc32c(uint32_t crc, const void *data, size_t length) { return ~fastest(~crc, data, length); }
