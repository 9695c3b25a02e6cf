package io.distlock.redis;

import io.distlock.driver.LockKey;

/**
 * Where a lock lives in Redis: its token at the plain key, and beside it a record, a line and a hash of who waits, all in
 * one hash slot. Keys that no name can be found for are refused where they are given.
 */
record RedisKeys(String lock, String record, String line, String waiting) {

    /** Of what stands in records, lines and messages; record.lua says it, too. Never in the lock's key. */
    static final String WIRE_VERSION = "1";

    static RedisKeys of(LockKey key) {
        String lock = key.full();
        String slot = hasTag(key.key()) ? key.key() : "{" + lock + "}";
        String prefix = key.prefix();
        return new RedisKeys(lock, prefix + "~rec:" + slot, prefix + "~line:" + slot, prefix + "~wait:" + slot);
    }

    static String inbox(String prefix, String instance) {
        return prefix + "~inbox:" + WIRE_VERSION + ":" + instance;
    }

    String[] array() {
        return new String[] {this.lock, this.record, this.line, this.waiting};
    }

    void copyTo(String[] keys, int first) {
        keys[first] = this.lock;
        keys[first + 1] = this.record;
        keys[first + 2] = this.line;
        keys[first + 3] = this.waiting;
    }

    /** Whether Redis hashes only what stands between the first braces (Redis cluster specification, "Hash tags"). */
    private static boolean hasTag(String key) {
        int open = key.indexOf('{');
        return open >= 0 && key.indexOf('}', open + 1) > open + 1;
    }
}
