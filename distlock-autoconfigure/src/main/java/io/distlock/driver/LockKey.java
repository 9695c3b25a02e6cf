package io.distlock.driver;

import org.jspecify.annotations.Nullable;

/** A key and the prefix below which its locker stores everything. */
public final class LockKey {

    private final String prefix;

    private final String key;

    /** Made when it is first asked for, and then kept: every command names it. */
    private @Nullable String full;

    /**
     * @param prefix without braces; may be empty
     * @param key what is locked
     */
    public LockKey(String prefix, String key) {
        this.prefix = prefix;
        this.key = key;
    }

    public String prefix() {
        return this.prefix;
    }

    public String key() {
        return this.key;
    }

    /** Where the token stands in the store. */
    public String full() {
        String known = this.full;
        if (known == null) {
            known = this.prefix.concat(this.key);
            this.full = known;
        }
        return known;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof LockKey that && this.key.equals(that.key) && this.prefix.equals(that.prefix);
    }

    @Override
    public int hashCode() {
        return 31 * this.prefix.hashCode() + this.key.hashCode();
    }

    @Override
    public String toString() {
        return "LockKey[prefix=" + this.prefix + ", key=" + this.key + "]";
    }
}
