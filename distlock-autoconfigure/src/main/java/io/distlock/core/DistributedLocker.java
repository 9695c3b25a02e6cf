package io.distlock.core;

import io.distlock.BoundLease;
import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LocalLock;
import io.distlock.LockListener;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockTracing;
import io.distlock.LockUnavailableException;
import io.distlock.LockedAction;
import io.distlock.LockedWork;
import io.distlock.ReleaseOutcome;
import io.distlock.TokenGenerator;
import io.distlock.WatchedLocker;
import io.distlock.WhenLost;
import io.distlock.driver.DegradableDriver;
import io.distlock.driver.LockDriver;
import io.distlock.driver.ReportingDriver;
import io.distlock.driver.StartingDriver;
import io.distlock.driver.StoreReport;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The locker over any driver. Close it before the connections that its driver uses. */
public final class DistributedLocker implements WatchedLocker, AutoCloseable {

    /** Nobody locks that. */
    private static final String PROBED = "distlock-health-check";

    private final LockerSettings settings;

    private final Desk desk;

    private final Taking taking;

    private final HoldsOfOthers others;

    DistributedLocker(LockerSettings settings, Desk desk, Taking taking) {
        this.settings = settings;
        this.desk = desk;
        this.taking = taking;
        this.others = new HoldsOfOthers(desk, taking);
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
            return HeldWork.run(lease, work, whenLost);
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

    @Override
    public <E extends Exception> void run(LockRequest request, LockedAction<E> action) throws E {
        this.<Boolean, E>execute(request, lease -> {
            action.run(lease);
            return true;
        });
    }

    @Override
    public Optional<LockState> inspect(String key) {
        return this.others.inspect(key);
    }

    @Override
    public ReleaseOutcome release(String key, String token) {
        return this.others.release(key, token);
    }

    @Override
    public boolean extend(String key, String token, Duration ttl) {
        return this.others.extend(key, token, ttl);
    }

    @Override
    public Optional<Lease> adopt(String key, String token, Duration ttl) {
        return this.others.adopt(key, token, ttl);
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
        return this.others.free(key, token);
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
        this.desk.hearing().await();
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
}
