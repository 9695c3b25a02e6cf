package io.distlock.core;

import io.distlock.TokenGenerator;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;

/** Tokens of a readable instance and 128 random bits: any {@code GET} shows who holds a lock, nobody can guess it. */
public final class RandomTokens implements TokenGenerator {

    private static final int RANDOM_BYTES = 16;

    /** How many characters the random bits take. */
    private static final int RANDOM_CHARACTERS = 22;

    /** Enough of the random bits to tell holds apart, and far too few to guess the others. */
    private static final int SHOWN_CHARACTERS = 6;

    /** Drawn at once for many tokens: most of the price of secure random bits is paid per draw. */
    private static final int DRAWN = 128 * RANDOM_BYTES;

    private final SecureRandom source = new SecureRandom();

    private final ReentrantLock gate = new ReentrantLock();

    private final byte[] drawn = new byte[DRAWN];

    private int used = DRAWN;

    private final String start;

    public RandomTokens(Instance instance) {
        this.start = instance.readable() + ":";
    }

    @Override
    public String generate(String key) {
        return this.start + Base64.getUrlEncoder().withoutPadding().encodeToString(draw());
    }

    private byte[] draw() {
        byte[] bits = new byte[RANDOM_BYTES];
        this.gate.lock();
        try {
            if (this.used == DRAWN) {
                this.source.nextBytes(this.drawn);
                this.used = 0;
            }
            System.arraycopy(this.drawn, this.used, bits, 0, RANDOM_BYTES);
            this.used += RANDOM_BYTES;
        } finally {
            this.gate.unlock();
        }
        return bits;
    }

    /** The token without most of what makes it a proof; texts of another form are shown whole. */
    static String shown(String token) {
        String readable = readable(token);
        return readable.equals(token) ? token : token.substring(0, readable.length() + 1 + SHOWN_CHARACTERS);
    }

    /** The token without what makes it a proof; texts of another form are shown whole. */
    static String readable(String token) {
        int colon = token.length() - RANDOM_CHARACTERS - 1;
        return colon > 0 && token.charAt(colon) == ':' ? token.substring(0, colon) : token;
    }
}
