package io.distlock.core;

import io.distlock.TokenGenerator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.locks.ReentrantLock;

/** Tokens of a readable instance and 128 random bits: any {@code GET} shows who holds a lock, nobody can guess it. */
public final class RandomTokens implements TokenGenerator {

    private static final int RANDOM_BYTES = 16;

    /** How many characters the random bits take. */
    private static final int RANDOM_CHARACTERS = 22;

    /** Enough of the random bits to tell holds apart, and far too few to guess the others. */
    private static final int SHOWN_CHARACTERS = 6;

    /** Of tokens of another form, of which every character may be secret; never more than half. */
    private static final int MOST_OF_OTHERS = 8;

    /** Drawn at once for many tokens: most of the price of secure random bits is paid per draw. */
    private static final int DRAWN = 128 * RANDOM_BYTES;

    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private static final int SEED_BYTES = 48;

    /** The platform's own, which every draw begins with. */
    private final SecureRandom platform = new SecureRandom();

    /** Seeded anew by that one at each draw, and several times as fast. */
    private final SecureRandom source = source();

    private final byte[] seed = new byte[SEED_BYTES];

    private final ReentrantLock gate = new ReentrantLock();

    private final byte[] drawn = new byte[DRAWN];

    private final byte[] bits = new byte[RANDOM_BYTES];

    private final byte[] encoded = new byte[RANDOM_CHARACTERS];

    private int used = DRAWN;

    /** A whole token, of which the random characters come last. */
    private final byte[] token;

    private static SecureRandom source() {
        try {
            return SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException onlyAnother) {
            return new SecureRandom();
        }
    }

    public RandomTokens(Instance instance) {
        byte[] start = (instance.readable() + ":").getBytes(StandardCharsets.UTF_8);
        this.token = Arrays.copyOf(start, start.length + RANDOM_CHARACTERS);
    }

    /** Written in place, since it is made for every lock and every copy on the way is garbage. */
    @Override
    public String generate(String key) {
        this.gate.lock();
        try {
            if (this.used == DRAWN) {
                draw();
            }
            System.arraycopy(this.drawn, this.used, this.bits, 0, RANDOM_BYTES);
            this.used += RANDOM_BYTES;
            TEXT.encode(this.bits, this.encoded);
            System.arraycopy(this.encoded, 0, this.token, this.token.length - RANDOM_CHARACTERS, RANDOM_CHARACTERS);
            return new String(this.token, StandardCharsets.UTF_8);
        } finally {
            this.gate.unlock();
        }
    }

    /** The seed is new each time, so that two copies of a JVM, made of one image, do not go on alike. */
    private void draw() {
        this.platform.nextBytes(this.seed);
        this.source.setSeed(this.seed);
        this.source.nextBytes(this.drawn);
        this.used = 0;
    }

    /** So much of a token that holds can be told apart by it, and too little to release one with. */
    static String shown(String token) {
        String readable = readable(token);
        return readable.equals(token) ? masked(token) : token.substring(0, readable.length() + 1 + SHOWN_CHARACTERS);
    }

    /** The same, but what no generator of this form has made is shown whole: another client, which may be recognised by it. */
    static String shownOfStranger(String token) {
        return readable(token).equals(token) ? token : shown(token);
    }

    /** Its beginning, and of the rest what nobody can find it by. */
    private static String masked(String token) {
        int shown = Math.min(MOST_OF_OTHERS, token.length() / 2);
        int end = shown > 0 && Character.isHighSurrogate(token.charAt(shown - 1)) ? shown - 1 : shown;
        byte[] digest = sha256(token);
        String rest = TEXT.encodeToString(digest);
        return token.substring(0, end) + "\u2026" + rest.substring(0, SHOWN_CHARACTERS);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The token without what makes it a proof; texts of another form are shown whole. */
    static String readable(String token) {
        int colon = token.length() - RANDOM_CHARACTERS - 1;
        return colon > 0 && token.charAt(colon) == ':' ? token.substring(0, colon) : token;
    }
}
