#include "CRE2.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include <re2/re2.h>

struct martlet_re2 {
    RE2 expression;

    martlet_re2(const re2::StringPiece &text, const RE2::Options &options) : expression(text, options) {}
};

static void explain(const std::string &why, char *reason, size_t reason_size) {
    size_t count = std::min(why.size(), reason_size - 1);
    std::memcpy(reason, why.data(), count);
    reason[count] = 0;
}

martlet_re2 *martlet_re2_compile(
    const char *text, size_t length, int64_t memory_limit, char *reason, size_t reason_size) {
    try {
        RE2::Options options(RE2::Quiet);
        options.set_max_mem(memory_limit);
        auto compiled = std::make_unique<martlet_re2>(re2::StringPiece(text, length), options);
        if (compiled->expression.ok()) return compiled.release();
        explain(compiled->expression.error(), reason, reason_size);
    } catch (...) {
        // Without memory there is no message either.
        std::strncpy(reason, "out of memory", reason_size - 1);
        reason[reason_size - 1] = 0;
    }
    return nullptr;
}

int64_t martlet_re2_instruction_count(const martlet_re2 *expression) { return expression->expression.ProgramSize(); }

bool martlet_re2_matches(const martlet_re2 *expression, const char *text, size_t length) {
    try {
        return RE2::FullMatch(re2::StringPiece(text, length), expression->expression);
    } catch (...) {
        return false;
    }
}

void martlet_re2_free(martlet_re2 *expression) { delete expression; }
