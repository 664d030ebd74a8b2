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
static bool knows_interleaving(void) { return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul"); }

__attribute__((target("sse4.2")))
static uint32_t crc_by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    uint64_t wide = crc;
    for (; length >= 8; bytes += 8, length -= 8) wide = _mm_crc32_u64(wide, load64(bytes));
    crc = (uint32_t)wide;
    while (length--) crc = _mm_crc32_u8(crc, *bytes++);
    return crc;
}

// The instruction takes three cycles but can start in each one, so three strands run beside each other. `lane` bytes of
// each, a multiple of 8; then the first strand's checksum is moved over 2 * lane bytes and the second's over lane bytes:
// in the bit-reflected world by carry-less products with x^(16 * lane - 33) and x^(8 * lane - 33) modulo the polynomial,
// which the third strand takes in with its last word.
__attribute__((target("sse4.2,pclmul")))
static inline uint32_t crc_of_three(uint32_t crc, const uint8_t *bytes, size_t lane, uint32_t first, uint32_t second) {
    uint64_t a = crc, b = 0, c = 0;
    for (size_t i = 0; i < lane - 8; i += 8) {
        a = _mm_crc32_u64(a, load64(bytes + i));
        b = _mm_crc32_u64(b, load64(bytes + lane + i));
        c = _mm_crc32_u64(c, load64(bytes + 2 * lane + i));
    }
    a = _mm_crc32_u64(a, load64(bytes + lane - 8));
    b = _mm_crc32_u64(b, load64(bytes + 2 * lane - 8));
    __m128i moved_a = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)a), _mm_cvtsi32_si128((int)first), 0);
    __m128i moved_b = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)b), _mm_cvtsi32_si128((int)second), 0);
    uint64_t moved = (uint64_t)_mm_cvtsi128_si64(_mm_xor_si128(moved_a, moved_b));
    return (uint32_t)_mm_crc32_u64(c, load64(bytes + 3 * lane - 8) ^ moved);
}

__attribute__((target("sse4.2,pclmul")))
static uint32_t crc_interleaved(uint32_t crc, const uint8_t *bytes, size_t length) {
    for (; length >= 3 * 1024; bytes += 3 * 1024, length -= 3 * 1024)
        crc = crc_of_three(crc, bytes, 1024, 0xa51b6135, 0x170076fa);
    for (; length >= 3 * 128; bytes += 3 * 128, length -= 3 * 128)
        crc = crc_of_three(crc, bytes, 128, 0xb9e02b86, 0xd3b6092);
    return crc_by_instruction(crc, bytes, length);
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
static bool knows_interleaving(void) { return false; }

__attribute__((target("crc")))
static uint32_t crc_by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    for (; length >= 8; bytes += 8, length -= 8) crc = __builtin_arm_crc32cd(crc, load64(bytes));
    while (length--) crc = __builtin_arm_crc32cb(crc, *bytes++);
    return crc;
}

static uint32_t crc_interleaved(uint32_t crc, const uint8_t *bytes, size_t length) {
    return crc_by_instruction(crc, bytes, length);
}

#else

static bool knows_instruction(void) { return false; }
static bool knows_interleaving(void) { return false; }
static uint32_t crc_by_instruction(uint32_t crc, const uint8_t *bytes, size_t length) {
    return crc_by_tables(crc, bytes, length);
}
static uint32_t crc_interleaved(uint32_t crc, const uint8_t *bytes, size_t length) {
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
    if (knows_interleaving()) fastest = crc_interleaved;
    else if (knows_instruction()) fastest = crc_by_instruction;
}

bool martlet_crc32c_knows(int way) {
    switch (way) {
    case MARTLET_CRC32C_SOFTWARE: return true;
    case MARTLET_CRC32C_INSTRUCTION: return knows_instruction();
    case MARTLET_CRC32C_INTERLEAVED: return knows_interleaving();
    default: return false;
    }
}

uint32_t martlet_crc32c_by(int way, uint32_t crc, const void *data, size_t length) {
    switch (way) {
    case MARTLET_CRC32C_INSTRUCTION: return ~crc_by_instruction(~crc, data, length);
    case MARTLET_CRC32C_INTERLEAVED: return ~crc_interleaved(~crc, data, length);
    default: return ~crc_by_tables(~crc, data, length);
    }
}

uint32_t martlet_crc32c(uint32_t crc, const void *data, size_t length) { return ~fastest(~crc, data, length); }
