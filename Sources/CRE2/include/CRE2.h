#ifndef MARTLET_CRE2_H
#define MARTLET_CRE2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// RE2 (libre2), whose matching takes time linear in the text, behind a C interface. No call throws and none reads behind
// the given lengths.

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled expression.
typedef struct martlet_re2 martlet_re2;

/// Compiles `length` bytes of UTF-8.
/// `memory_limit` bounds what the expression and its matching may take.
/// Returns NULL where that fails, with the reason, zero-terminated, in `reason` (`reason_size` > 0 bytes).
martlet_re2 *martlet_re2_compile(
    const char *text, size_t length, int64_t memory_limit, char *reason, size_t reason_size);

/// The number of instructions of the compiled expression: what one byte of a text can cost.
int64_t martlet_re2_instruction_count(const martlet_re2 *expression);

/// Whether the expression matches the whole of `length` bytes of UTF-8.
bool martlet_re2_matches(const martlet_re2 *expression, const char *text, size_t length);

void martlet_re2_free(martlet_re2 *expression);

#ifdef __cplusplus
}
#endif

#endif
