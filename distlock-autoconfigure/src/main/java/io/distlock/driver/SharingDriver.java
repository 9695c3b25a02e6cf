package io.distlock.driver;

/**
 * A store in which several may hold a key at once: it grants claims with more than one permit.
 *
 * <p>A key has room for a claim when its holders and the claim together are no more than each of them agreed to. All claims
 * stand in one line, whatever they agree to: nobody is granted a key while somebody living stands in line before, and who
 * is first there waits until there is room. A holder's end, or whatever else finds room, grants the key to the first, and
 * to those behind it as long as there is room for them.
 *
 * <p>Each holder has its own token, attempt, fencing number and ttl. While several may hold it, {@link #SHARED} stands at
 * the key instead of a token, for as long as the last of them lives, so that clients which know nothing of this are shut
 * out. The token of a holder is busy for every other attempt. A claim that is shared reserves one fencing number.
 */
public interface SharingDriver extends LineDriver {

    /** What stands at a key that is shared; nobody's token. */
    String SHARED = "shared";
}
