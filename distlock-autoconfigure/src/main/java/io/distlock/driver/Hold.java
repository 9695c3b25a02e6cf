package io.distlock.driver;

/**
 * Names one hold of a key, or the attempt at it.
 *
 * @param key what is held
 * @param token what stands at the key
 * @param attempt tells two holds with the same token apart; {@link #ANY_ATTEMPT} where only the token is known
 */
public record Hold(LockKey key, String token, String attempt) {

    /** Compares the token alone. */
    public static final String ANY_ATTEMPT = "";

    public static Hold byToken(LockKey key, String token) {
        return new Hold(key, token, ANY_ATTEMPT);
    }
}
