package io.distlock;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What a caller asks for. Immutable; {@code LockRequest.of(key)} is complete, every other method that takes a value
 * returns a copy. What a request leaves open comes from the locker it is given to.
 *
 * <p>Nonsense is refused here with an {@link IllegalArgumentException} that names the value: blank keys, keys over 1 KiB,
 * with control characters, beginning with {@code ~}, or whose braces cannot be kept in one hash slot; a ttl under 10 ms,
 * since the margin for clock drift would eat it; negative times; fewer than one permit.
 */
public final class LockRequest {

    private final Set<String> keys;

    private final RequestTerms terms;

    private LockRequest(Set<String> keys, RequestTerms terms) {
        this.keys = keys;
        this.terms = terms;
    }

    /** A request for one key, or for all of several keys. */
    public static LockRequest of(String key, String... more) {
        return new LockRequest(checked(key, more), RequestTerms.OPEN);
    }

    /** The same request for other keys. */
    public LockRequest keys(String key, String... more) {
        return new LockRequest(checked(key, more), this.terms);
    }

    private static Set<String> checked(String key, String... more) {
        if (more.length == 0) {
            return Collections.singleton(Keys.check(key)); // the smallest set there is: one is made for most calls
        }
        TreeSet<String> keys = new TreeSet<>(Keys.BYTE_ORDER);
        keys.add(Keys.check(key));
        Arrays.stream(more).map(Keys::check).forEach(keys::add);
        return Collections.unmodifiableSet(keys);
    }

    /** Label of the lock in metrics and logs; low in cardinality. */
    public LockRequest name(String name) {
        return with(terms -> terms.name = Optional.of(Texts.check("name", name)));
    }

    /** Which method asks, for whoever looks who holds the lock; annotated methods say so themselves. */
    public LockRequest method(String method) {
        return with(terms -> terms.method = Optional.of(Texts.check("method", method)));
    }

    /** How long the hold lives in the store unless renewed. */
    public LockRequest ttl(Duration ttl) {
        return with(terms -> terms.ttl = Optional.of(Durations.ttl(ttl)));
    }

    /** How long the caller is ready to wait; zero = try once. */
    public LockRequest waitFor(Duration waitFor) {
        return with(terms -> terms.waitFor = Optional.of(Durations.notNegative("waitFor", waitFor)));
    }

    /** Whether the hold is renewed until it is released. */
    public LockRequest autoRenew(boolean autoRenew) {
        return with(terms -> terms.autoRenew = Optional.of(autoRenew));
    }

    /** After which time a hold is no longer renewed. */
    public LockRequest maxHold(Duration maxHold) {
        return with(terms -> terms.maxHold = Optional.of(Durations.positive("maxHold", maxHold)));
    }

    /** Keeps the lock at least that long, even if it is released earlier: for jobs that must not run twice. */
    public LockRequest holdAtLeast(Duration holdAtLeast) {
        return with(terms -> terms.holdAtLeast = Durations.notNegative("holdAtLeast", holdAtLeast));
    }

    /** What happens to work in {@code execute} and {@code run} whose lock is lost. */
    public LockRequest whenLost(WhenLost whenLost) {
        if (whenLost == null) {
            throw new IllegalArgumentException("A lock's whenLost must not be null");
        }
        return with(terms -> terms.whenLost = Optional.of(whenLost));
    }

    /**
     * Facts stored beside the lock for others to read; at most 4 KiB in all. What distlock itself writes there cannot be
     * among them: {@code instance}, {@code thread}, {@code name}, {@code method}, {@code holds}, {@code permits}, and what
     * begins with {@code ~}.
     */
    public LockRequest metadata(Map<String, String> metadata) {
        return with(terms -> terms.metadata = Texts.checkMetadata(metadata));
    }

    /**
     * The token to store, instead of a random one. Asking with a token that holds the key already is busy, as for anybody.
     * {@code shared} is none: it stands at keys that several hold.
     */
    public LockRequest token(String token) {
        String checked = Texts.check("token", token);
        if (checked.equals("shared")) {
            throw new IllegalArgumentException("A lock's token must not be 'shared', which is what stands at a key that"
                    + " several hold: choose another for " + this.keys);
        }
        return with(terms -> terms.token = Optional.of(checked));
    }

    /**
     * Shares the lock with all others that ask for it so, and with nobody else: a read lock, as opposed to the write lock
     * that every other request is. All stand in one line, so a writer that waits is not overtaken by readers that come
     * after it. A holder that asks for more waits like anybody: a shared lock does not turn into an exclusive one.
     *
     * <p>Not every store can; a locker whose store cannot refuses such requests.
     */
    public LockRequest shared() {
        return with(terms -> terms.mode = LockMode.SHARED);
    }

    /**
     * At most so many hold the lock at once, each with a lease of its own; 1 is an exclusive lock. Where requests for one
     * key name different numbers, the smallest counts: nobody ever holds it together with more than it agreed to, and
     * {@link #shared()} alone agrees to any number.
     *
     * <p>Not every store can grant more than one; a locker whose store cannot refuses such requests.
     */
    public LockRequest permits(int permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("A lock must have at least one permit, not " + permits);
        }
        return with(terms -> terms.permits = permits);
    }

    public Set<String> keys() {
        return this.keys;
    }

    public Optional<String> name() {
        return this.terms.name;
    }

    public Optional<String> method() {
        return this.terms.method;
    }

    public Optional<Duration> ttl() {
        return this.terms.ttl;
    }

    public Optional<Duration> waitFor() {
        return this.terms.waitFor;
    }

    public Optional<Boolean> autoRenew() {
        return this.terms.autoRenew;
    }

    public Optional<Duration> maxHold() {
        return this.terms.maxHold;
    }

    public Duration holdAtLeast() {
        return this.terms.holdAtLeast;
    }

    public Optional<WhenLost> whenLost() {
        return this.terms.whenLost;
    }

    public Map<String, String> metadata() {
        return this.terms.metadata;
    }

    public Optional<String> token() {
        return this.terms.token;
    }

    public LockMode mode() {
        return this.terms.mode;
    }

    /** How many may hold the lock at once: 1 = nobody else, {@link Integer#MAX_VALUE} = any number that share it. */
    public int permits() {
        Integer permits = this.terms.permits;
        if (permits != null) {
            return permits;
        }
        return mode() == LockMode.SHARED ? Integer.MAX_VALUE : 1;
    }

    @Override
    public String toString() {
        return "LockRequest" + this.keys;
    }

    private LockRequest with(Consumer<RequestTerms> change) {
        return new LockRequest(this.keys, this.terms.with(change));
    }
}
