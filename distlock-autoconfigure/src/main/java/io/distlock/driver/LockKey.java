package io.distlock.driver;

/**
 * A key and the prefix below which its locker stores everything.
 *
 * @param prefix without braces; may be empty
 * @param key what is locked
 */
public record LockKey(String prefix, String key) {

    /** Where the token stands in the store. */
    public String full() {
        return this.prefix + this.key;
    }
}
