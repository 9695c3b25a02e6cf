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

    /** A token without control characters, at most 1 KiB in UTF-8. */
    String generate(String key);
}
