package io.distlock.driver;

/** Whose a key was when the store looked. */
public enum Ownership {
    OURS,
    /** Nobody's. */
    GONE,
    /** Another's, or not a lock at all. */
    TAKEN
}
