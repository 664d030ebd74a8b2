// Nothing to call: see ContendedMutex.c.
