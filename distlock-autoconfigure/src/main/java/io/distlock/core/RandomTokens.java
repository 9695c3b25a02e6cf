package io.distlock.core;

import io.distlock.TokenGenerator;
import java.security.SecureRandom;

/** Tokens of a readable instance and 128 random bits: any {@code GET} shows who holds a lock, nobody can guess it. */
public final class RandomTokens implements TokenGenerator {

    private static final int RANDOM_BYTES = 16;

    /** How many characters the random bits take. */
    static final int RANDOM_CHARACTERS = 22;

    private final SecureRandom random = new SecureRandom();

    private final String start;

    public RandomTokens(Instance instance) {
        this.start = instance.readable() + ":";
    }

    @Override
    public String generate(String key) {
        return this.start + Instance.randomText(this.random, RANDOM_BYTES);
    }

    /** The token without what makes it a proof; texts of another form are shown whole. */
    static String readable(String token) {
        int colon = token.length() - RANDOM_CHARACTERS - 1;
        return colon > 0 && token.charAt(colon) == ':' ? token.substring(0, colon) : token;
    }
}
