package io.distlock;

/** Who may hold a lock at the same time. */
public enum LockMode {
    /** One holder and nobody else. */
    EXCLUSIVE,
    /** Any number of holders that share it, but none beside an exclusive one: readers, as opposed to a writer. */
    SHARED
}
