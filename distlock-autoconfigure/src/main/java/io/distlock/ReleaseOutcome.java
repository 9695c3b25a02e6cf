package io.distlock;

/** What a release found. */
public enum ReleaseOutcome {

    /** It was held, and is free or with the next in line now. */
    RELEASED,

    /** Nobody held the key any more. */
    EXPIRED,

    /** Somebody else holds the key; nothing was changed. */
    TAKEN,

    /** The store did not answer in time; the ttl ends the hold if the release did not. */
    UNKNOWN
}
