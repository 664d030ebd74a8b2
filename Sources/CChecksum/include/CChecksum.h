#ifndef MARTLET_CCHECKSUM_H
#define MARTLET_CCHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The ways to compute a CRC-32C that this library knows.
enum martlet_crc32c_way {
    /// Tables, eight bytes a step: every machine.
    MARTLET_CRC32C_SOFTWARE = 0,
    /// The processor's CRC-32C instruction (SSE4.2, ARMv8 CRC).
    MARTLET_CRC32C_INSTRUCTION = 1,
    /// Three strands of that instruction beside each other, joined by carry-less products (x86-64 with PCLMULQDQ).
    MARTLET_CRC32C_INTERLEAVED = 2,
};

/// CRC-32C (Castagnoli) of `length` bytes, continuing from `crc` (0 to start), in the fastest way of this machine.
uint32_t martlet_crc32c(uint32_t crc, const void *data, size_t length);

/// The same in one given way, which this machine must know.
uint32_t martlet_crc32c_by(int way, uint32_t crc, const void *data, size_t length);

/// Whether this machine knows that way.
bool martlet_crc32c_knows(int way);

#endif
