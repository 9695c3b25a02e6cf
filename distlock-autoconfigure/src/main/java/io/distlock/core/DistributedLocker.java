package io.distlock.core;

import io.distlock.BoundLease;
import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LocalLock;
import io.distlock.LockListener;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockTracing;
import io.distlock.LockUnavailableException;
import io.distlock.LockedAction;
import io.distlock.LockedWork;
import io.distlock.LossInterrupt;
import io.distlock.ReleaseOutcome;
import io.distlock.TokenGenerator;
import io.distlock.WatchedLocker;
import io.distlock.WhenLost;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DegradableDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.ReportingDriver;
import io.distlock.driver.StartingDriver;
import io.distlock.driver.StoreReport;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The locker over any driver. Close it before the connections that its driver uses. */
public final class DistributedLocker implements WatchedLocker, AutoCloseable {

    /** Nobody locks that. */
    private static final String PROBED = "distlock-health-check";

    private static final int LONGEST_LISTENING = 5;

    private final LockerSettings settings;

    private final Desk desk;

    private final Taking taking;

    DistributedLocker(LockerSettings settings, Desk desk, Taking taking) {
        this.settings = settings;
        this.desk = desk;
        this.taking = taking;
    }

    /**
     * @param instance which instance this locker is; one of its own per locker and process
     * @param driver closed with the locker
     * @param listeners told in this order
     */
    public static DistributedLocker create(
            LockerSettings settings,
            Instance instance,
            LockDriver driver,
            TokenGenerator tokens,
            List<LockListener> listeners) {
        return create(settings, instance, driver, tokens, listeners, null);
    }

    /**
     * As above, and leads from those who wait to the traces of those who hold.
     *
     * @param tracing null = nothing of it
     */
    public static DistributedLocker create(
            LockerSettings settings,
            Instance instance,
            LockDriver driver,
            TokenGenerator tokens,
            List<LockListener> listeners,
            @Nullable LockTracing tracing) {
        return create(settings, instance, driver, tokens, listeners, tracing, new Clocks(System::currentTimeMillis));
    }

    static DistributedLocker create(
            LockerSettings settings,
            Instance instance,
            LockDriver driver,
            TokenGenerator tokens,
            List<LockListener> listeners,
            @Nullable LockTracing tracing,
            Clocks clocks) {
        Tellers tellers = new Tellers(settings.name(), listeners, tracing);
        Desk desk = new Desk(settings, instance, driver, CheckedTokens.of(tokens), tellers, clocks);
        return new DistributedLocker(
                settings,
                desk,
                new Taking(settings, desk, tellers, new Details(instance, settings.metadata(), tracing)));
    }

    @Override
    public Optional<Lease> tryAcquire(LockRequest request) {
        return this.taking.tryTake(request);
    }

    @Override
    public Lease acquire(LockRequest request) {
        return this.taking.take(request);
    }

    @Override
    public CompletableFuture<Lease> acquireAsync(LockRequest request) {
        return this.taking.takeAsync(request);
    }

    @Override
    public <T extends @Nullable Object, E extends Exception> T execute(LockRequest request, LockedWork<T, E> work)
            throws E {
        WhenLost whenLost = request.whenLost().orElse(WhenLost.FAIL);
        try (Lease lease = takenHere(request);
                LeaseScope scope = LeaseScope.open(lease, this.settings.name(), whenLost)) {
            return whenLost == WhenLost.REPORT ? work.run(lease) : heldToTheEnd(lease, work, whenLost);
        }
    }

    /** The work ends when this thread leaves it, or dies. */
    private Lease takenHere(LockRequest request) {
        Lease lease = acquire(request);
        if (lease instanceof BoundLease bound) {
            bound.endsWith(Thread.currentThread());
        }
        return lease;
    }

    private static <T extends @Nullable Object, E extends Exception> T interruptible(Lease lease, LockedWork<T, E> work)
            throws E {
        try (LossInterrupt interrupt = LossInterrupt.onLossOf(lease)) {
            return work.run(lease);
        }
    }

    /** The work's own exception wins; its result counts only if the lock was held to its end. */
    private static <T extends @Nullable Object, E extends Exception> T heldToTheEnd(
            Lease lease, LockedWork<T, E> work, WhenLost whenLost) throws E {
        T result;
        try {
            result = whenLost == WhenLost.INTERRUPT ? interruptible(lease, work) : work.run(lease);
        } catch (Throwable failure) {
            LockLostException loss = lossOf(lease);
            if (loss != null) {
                failure.addSuppressed(loss);
            }
            throw failure;
        }
        LockLostException loss = lossOf(lease);
        if (loss != null) {
            throw loss;
        }
        return result;
    }

    /** Work may release its lease itself; that is no loss. */
    private static @Nullable LockLostException lossOf(Lease lease) {
        LockLost loss = Losses.of(lease);
        return loss == null ? null : new LockLostException(loss);
    }

    @Override
    public <E extends Exception> void run(LockRequest request, LockedAction<E> action) throws E {
        this.<Boolean, E>execute(request, lease -> {
            action.run(lease);
            return true;
        });
    }

    @Override
    public Optional<LockState> inspect(String key) {
        LockKey checked = checked(key);
        return StoreCalls.await(key, this.desk.driver().inspect(checked)).map(state -> States.of(checked, state));
    }

    @Override
    public ReleaseOutcome release(String key, String token) {
        Release release = new Release(Hold.byToken(checked(key), token), Duration.ZERO);
        try {
            return switch (StoreCalls.await(key, this.desk.driver().release(release))) {
                case OURS -> ReleaseOutcome.RELEASED;
                case GONE -> ReleaseOutcome.EXPIRED;
                case TAKEN -> ReleaseOutcome.TAKEN;
            };
        } catch (LockUnavailableException silent) {
            return ReleaseOutcome.UNKNOWN;
        }
    }

    @Override
    public boolean extend(String key, String token, Duration ttl) {
        Demand demand = this.taking.demand(LockRequest.of(key).ttl(ttl));
        Hold hold = Hold.byToken(this.desk.key(key), token);
        return StoreCalls.await(key, this.desk.driver().extend(hold, this.desk.stored(demand.ttl()))) == Ownership.OURS;
    }

    @Override
    public Optional<Lease> adopt(String key, String token, Duration ttl) {
        Demand demand = this.taking.demand(LockRequest.of(key).ttl(ttl));
        LockKey lockKey = this.desk.key(key);
        Claim claim = this.desk.claim(lockKey, token, demand);
        Tellers tellers = this.desk.tellers();
        long sent = System.nanoTime();
        tellers.asked(demand, key);
        Optional<Attempt.Granted> granted;
        try {
            granted = adopted(key, claim);
        } catch (LockUnavailableException silent) {
            tellers.unavailable(demand, Set.of(key), since(sent), silent);
            throw silent;
        }
        if (granted.isEmpty()) {
            tellers.refused(demand, Set.of(key), since(sent), Reason.BUSY);
            return Optional.empty();
        }
        KeyLease lease = this.desk.here().apart(lockKey).adopt(claim, granted.get(), sent, new Waiter(demand, null));
        LeaseInHand adopted = lease.handOut();
        tellers.taken(lease, sent);
        return Optional.of(adopted);
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private Optional<Attempt.Granted> adopted(String key, Claim claim) {
        try {
            return StoreCalls.await(key, this.desk.driver().adopt(claim));
        } catch (LockUnavailableException silent) {
            if (silent.getCause() instanceof LockDriverException trouble && trouble.mayHaveHappened()) {
                this.desk.disown(claim);
            }
            throw silent;
        }
    }

    /** Whether its store lets several hold a lock at once; if not, requests that are shared or have permits are refused. */
    public boolean canShare() {
        return this.desk.canShare();
    }

    @Override
    public List<LocalLock> locks() {
        return this.desk.here().locks();
    }

    @Override
    public ReleaseOutcome free(String key, String token) {
        LockKey checked = checked(key);
        Optional<KeyState> seen = StoreCalls.await(key, this.desk.driver().inspect(checked));
        if (seen.isEmpty()) {
            return ReleaseOutcome.EXPIRED;
        }
        Optional<Meant> holder = Meant.by(token, key, seen.get());
        ReleaseOutcome outcome =
                holder.map(meant -> release(key, meant.token())).orElse(ReleaseOutcome.TAKEN);
        if (outcome == ReleaseOutcome.RELEASED) {
            holder.ifPresent(meant -> this.desk.hearing().freed(Hold.byToken(checked, meant.token()), meant.details()));
        }
        return outcome;
    }

    @Override
    public void probe() {
        StoreCalls.await(PROBED, this.desk.driver().probe(this.desk.key(PROBED)));
    }

    @Override
    public Set<String> degradations() {
        Set<String> all = new LinkedHashSet<>(this.desk.hearing().degradations());
        if (this.desk.driver() instanceof DegradableDriver store) {
            all.addAll(store.degradations());
        }
        return all;
    }

    /**
     * Returns when those who wait can be woken by messages.
     *
     * @throws LockUnavailableException when the store is silent, or does not let this application hear messages
     * @throws UnsupportedOperationException when the driver knows no messages
     */
    public void awaitMessages() {
        LineDriver store = this.desk.lines();
        if (store == null) {
            throw new UnsupportedOperationException("The driver of the locker '"
                    + this.desk.settings().name() + "' knows no messages: those who wait ask again");
        }
        // a copy, since those who wait go on listening for as long as it takes
        CompletableFuture<Void> listening =
                this.desk.hearing().open(store).toCompletableFuture().copy();
        StoreCalls.await(
                "any",
                listening
                        .orTimeout(LONGEST_LISTENING, TimeUnit.SECONDS)
                        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                                failure instanceof TimeoutException ? notHeard(failure) : failure)));
    }

    private static LockDriverException notHeard(Throwable timeout) {
        return new LockDriverException(
                LockDriverException.Kind.UNANSWERED,
                "the store has not confirmed in " + LONGEST_LISTENING + " s that messages can arrive",
                timeout);
    }

    /** Lets the store make itself ready, where it has to; waits for nothing. */
    public void start() {
        if (this.desk.driver() instanceof StartingDriver store) {
            store.start();
        }
    }

    /**
     * What the store says of itself; empty where it cannot.
     *
     * @throws LockUnavailableException when it did not answer
     */
    public Optional<StoreReport> report() {
        return this.desk.driver() instanceof ReportingDriver store
                ? Optional.of(StoreCalls.await("any", store.report()))
                : Optional.empty();
    }

    /**
     * As if {@code time} had passed since the last answer of the store: belief in what is held here ends so much sooner.
     * What is over by then is lost when this returns, of the rest the store has been asked. For clocks that do not run by
     * themselves: nobody else can age a lease.
     *
     * @param renewed whether this goes for leases that are renewed too, which were not meanwhile
     */
    public void age(Duration time, boolean renewed) {
        this.desk.here().held().forEach(holding -> this.desk.keepAlive().age(holding, time.toNanos(), renewed));
    }

    /** Refuses new callers and those who wait, gives leases time to come back, and closes the driver. */
    @Override
    public void close() {
        this.taking.close(this.settings.shutdownGrace());
        this.desk.close();
    }

    private LockKey checked(String key) {
        LockRequest.of(key);
        return this.desk.key(key);
    }
}
