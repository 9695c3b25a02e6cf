package io.distlock;

/**
 * Makes the text that proves ownership of a hold. Define a bean to replace the default, which is the readable instance
 * and 128 random bits.
 *
 * <p>Two holds that are told apart by nothing else than their token need two tokens; a generator that repeats itself
 * still excludes, since every attempt carries a number of its own, but gives up releasing by token safely.
 */
@FunctionalInterface
public interface TokenGenerator {

    /**
     * A token that is not blank, without control characters, at most 1 KiB in UTF-8. Called under the key's lock in this
     * JVM: it must neither block nor lock. What it throws, or the refusal of what it returns, reaches whoever asked for the
     * lock.
     */
    String generate(String key);
}
