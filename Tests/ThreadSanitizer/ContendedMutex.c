// Swift's Mutex takes a free lock by an atomic operation that is compiled into its caller, where ThreadSanitizer sees it.
// A lock that is held is waited for inside libswiftSynchronization, which is not instrumented: what its last owner wrote
// would look like a race. This takes the place of that function and waits by the same atomic operation.

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#define SWIFT_CALL __attribute__((swiftcall))
#define SWIFT_SELF __attribute__((swift_context))

// Synchronization._MutexHandle._lockSlow(UInt32) -> ()
SWIFT_CALL void lock_slow(uint32_t owner, SWIFT_SELF _Atomic uint32_t *word)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

SWIFT_CALL void lock_slow(uint32_t owner, SWIFT_SELF _Atomic uint32_t *word) {
    uint32_t nobody = 0;
    while (!atomic_compare_exchange_weak_explicit(word, &nobody, owner, memory_order_acquire, memory_order_relaxed)) {
        nobody = 0;
        sched_yield();
    }
}
