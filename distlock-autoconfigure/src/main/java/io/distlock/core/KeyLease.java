package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LocalLock;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A lease of one key: one thread's turn on a {@link Holding}. Callers have a {@link LeaseInHand} of it. */
final class KeyLease extends ThreadLease implements Lease, Answer {

    // a lease is made for every lock, and would else have an object for this

    private static final AtomicReferenceFieldUpdater<KeyLease, @Nullable Object> HEARERS =
            AtomicReferenceFieldUpdater.newUpdater(KeyLease.class, Object.class, "hearers");

    private final Holding holding;

    private final Demand demand;

    private final long fence;

    private final long since;

    /** When it is too old to be renewed; {@link #since} if it never is. Here, since it is looked at with every renewal. */
    private final long renewedUntil;

    /** Who asked to be told of the loss and has not been: see {@link Hearers}. */
    private volatile @Nullable Object hearers;

    private volatile @Nullable LockLost loss;

    /** Only on the timer's thread. */
    private boolean reported;

    KeyLease(Holding holding, Demand demand, @Nullable Thread worker, long fence, long since) {
        super(worker);
        this.holding = holding;
        this.demand = demand;
        this.fence = fence;
        this.since = since;
        this.renewedUntil = demand.autoRenew() ? since + demand.maxHold() : since;
    }

    @Override
    public String key() {
        return this.holding.hold().key().key();
    }

    @Override
    public Set<String> keys() {
        return Set.of(key());
    }

    @Override
    public String token() {
        if (!expose()) {
            throw new IllegalStateException("Lock '" + key() + "' was released and its hold passed on inside this JVM:"
                    + " read the token while the lock is held");
        }
        return this.holding.hold().token();
    }

    @Override
    public long fencingToken() {
        return this.fence;
    }

    @Override
    public long fencingToken(String key) {
        if (!key.equals(key())) {
            throw new IllegalArgumentException("This lease is of '" + key() + "', not of '" + key + "'");
        }
        return this.fence;
    }

    @Override
    public int permits() {
        return this.demand.permits();
    }

    @Override
    public Map<String, String> metadata() {
        return Details.parse(this.demand.facts());
    }

    @Override
    public Duration validity() {
        long now = System.nanoTime();
        return isHeld(now) ? Duration.ofNanos(Math.max(0, this.holding.deadline() - now)) : Duration.ZERO;
    }

    @Override
    public boolean isHeld() {
        return isHeld(System.nanoTime());
    }

    private boolean isHeld(long now) {
        return !isEnded() && this.holding.isBelieved(now) && this.holding.isCertain(now);
    }

    @Override
    public void ensureHeld() {
        if (!isHeld()) {
            throw new LockLostException(lossOrEnd());
        }
    }

    private LockLost lossOrEnd() {
        LockLost known = this.loss;
        if (known != null) {
            return known;
        }
        boolean doubtful = !isEnded() && this.holding.isBelieved(System.nanoTime());
        return describe(doubtful ? LockLost.Reason.UNCERTAIN : LockLost.Reason.EXPIRED);
    }

    private LockLost describe(LockLost.Reason reason) {
        return new LockLost(keys(), this.demand.name(), this.fence, reason, held());
    }

    @Override
    public Optional<Duration> ttl() {
        return isEnded()
                ? Optional.empty()
                : StoreCalls.await(key(), line().desk().keepAlive().ttl(this.holding));
    }

    @Override
    public boolean extend(Duration ttl) {
        return !isEnded() && new Extending(this.holding, line()).to(ttl);
    }

    @Override
    public ReleaseOutcome release() {
        return released(letGo(line().desk().ending()));
    }

    /**
     * Begins the release, unless that has been done.
     *
     * @param end ends a hold in the store, now or together with others
     * @return whether this call began it
     */
    boolean letGo(Function<Release, CompletionStage<Ownership>> end) {
        boolean first = beginRelease();
        if (first) {
            line().desk().returns();
            line().desk().returning().release(this, end);
        }
        return first;
    }

    /** Waits for the end of the release; {@code first} = who began it tells of it. */
    ReleaseOutcome released(boolean first) {
        ReleaseOutcome found = outcome();
        if (first) {
            line().desk().hasReturned();
            line().desk().tellers().released(this, found);
        }
        if (isOfThisThread()) {
            OwnLeases.tidy();
        }
        return found;
    }

    @Override
    public void close() {
        release();
    }

    @Override
    public void onLost(Consumer<LockLost> action) {
        Losses.check(action, this);
        Object before;
        do {
            before = this.hearers;
        } while (!HEARERS.compareAndSet(this, before, Hearers.with(before, action)));
        LockLost known = this.loss;
        if (known != null) {
            // it may have been told before this one was there
            untold().forEach(late -> line().desk().tellers().lostBefore(known, late));
        }
    }

    /** Each of those who asked is in one answer only. */
    private List<Consumer<LockLost>> untold() {
        return Hearers.of(HEARERS.getAndSet(this, null));
    }

    Demand demand() {
        return this.demand;
    }

    Holding holding() {
        return this.holding;
    }

    /** As {@code locker/key}. */
    String lock() {
        return line().desk().settings().name() + "/" + key();
    }

    String shownToken() {
        return RandomTokens.shown(this.holding.hold().token());
    }

    LocalLock.Hold show() {
        return new LocalLock.Hold(
                this.demand.name(),
                shownToken(),
                this.fence,
                Optional.ofNullable(worker()),
                held(),
                validity(),
                isRenewed(System.nanoTime()));
    }

    long since() {
        return this.since;
    }

    /** Whether the next hold of its kind is likely to be over in a moment. */
    boolean wasBrief() {
        return System.nanoTime() - this.since < Moment.LONGEST;
    }

    Duration held() {
        return Duration.ofNanos(System.nanoTime() - this.since);
    }

    /** The loss, also one that nobody has noticed yet; null for a lease that is held, or was released in time. */
    @Nullable
    LockLost noticedLoss() {
        long now = System.nanoTime();
        if (!isEnded() && !this.holding.isBelieved(now)) {
            line().lost(this.holding, LockLost.Reason.EXPIRED);
        } else if (!isEnded() && !this.holding.isCertain(now)) {
            line().desk().keepAlive().ask(this.holding).toCompletableFuture().join();
            return isEnded() || this.holding.isCertain() ? this.loss : describe(LockLost.Reason.UNCERTAIN);
        }
        return this.loss;
    }

    @Nullable
    LockLost loss() {
        return this.loss;
    }

    /** The caller's own; nobody else may keep it. */
    LeaseInHand handOut() {
        LeaseInHand held = new LeaseInHand(this);
        isIn(held);
        if (this.holding.hasLasted()) {
            lasts();
        }
        if (isOfThisThread()) {
            OwnLeases.add(this);
        }
        return held;
    }

    /** When it is older than it should ever get. */
    long renewedUntil() {
        return this.renewedUntil;
    }

    /** Whether it is to be renewed as long as it is not too old. */
    boolean wantsRenewal() {
        return this.renewedUntil != this.since;
    }

    boolean isRenewed(long now) {
        return wantsRenewal() && now - this.renewedUntil < 0 && !isForgotten() && !isOrphaned();
    }

    /** @return whether this is the first time that its holder is complained of */
    boolean report() {
        boolean first = !this.reported;
        this.reported = true;
        return first;
    }

    /** How much longer nobody may have the key after a release now. */
    Duration stillToKeep() {
        if (this.demand.holdAtLeast().isZero()) {
            return Duration.ZERO;
        }
        Duration left = this.demand.holdAtLeast().minus(held());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** @return null if it had ended before; else those who asked for it are to be told */
    @Nullable
    LockLost lose(LockLost.Reason reason) {
        return becomeLost() ? lost(reason) : null;
    }

    /** The release found that it had been lost before. */
    void wasLost(LockLost.Reason reason) {
        if (turnsOutLost()) {
            tell(lost(reason));
        }
    }

    private LockLost lost(LockLost.Reason reason) {
        LockLost lost = describe(reason);
        this.loss = lost;
        return lost;
    }

    void tell(LockLost lost) {
        line().desk().tellers().lost(this, lost, untold());
    }

    private KeyLine line() {
        return this.holding.line();
    }

    @Override
    public String toString() {
        return "Lease['" + key() + "', fence " + this.fence + ", " + shownToken() + ", " + state() + "]";
    }
}
