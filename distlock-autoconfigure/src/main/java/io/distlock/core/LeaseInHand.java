package io.distlock.core;

import io.distlock.BoundLease;
import io.distlock.LockLost;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a caller holds of a {@link KeyLease}. The rest of the house knows only that one, so when this is garbage nobody
 * can give the lock back any more, and its renewal ends.
 */
final class LeaseInHand implements BoundLease {

    private final KeyLease lease;

    LeaseInHand(KeyLease lease) {
        this.lease = lease;
    }

    @Override
    public String key() {
        return this.lease.key();
    }

    @Override
    public Set<String> keys() {
        return this.lease.keys();
    }

    @Override
    public String token() {
        return this.lease.token();
    }

    @Override
    public long fencingToken() {
        return this.lease.fencingToken();
    }

    @Override
    public long fencingToken(String key) {
        return this.lease.fencingToken(key);
    }

    @Override
    public int permits() {
        return this.lease.permits();
    }

    @Override
    public Map<String, String> metadata() {
        return this.lease.metadata();
    }

    @Override
    public Duration validity() {
        return this.lease.validity();
    }

    @Override
    public boolean isHeld() {
        return this.lease.isHeld();
    }

    @Override
    public void ensureHeld() {
        this.lease.ensureHeld();
    }

    @Override
    public Optional<Duration> ttl() {
        return this.lease.ttl();
    }

    @Override
    public boolean extend(Duration ttl) {
        return this.lease.extend(ttl);
    }

    @Override
    public ReleaseOutcome release() {
        return this.lease.release();
    }

    @Override
    public void onLost(Consumer<LockLost> action) {
        this.lease.onLost(action);
    }

    @Override
    public void close() {
        release();
    }

    /** See {@link KeyLease#letGo}. */
    boolean letGo(Function<Release, CompletionStage<Ownership>> end) {
        return this.lease.letGo(end);
    }

    /** See {@link KeyLease#released}. */
    ReleaseOutcome released(boolean first) {
        return this.lease.released(first);
    }

    @Nullable
    LockLost noticedLoss() {
        return this.lease.noticedLoss();
    }

    String lock() {
        return this.lease.lock();
    }

    @Override
    public void endsWith(Thread worker) {
        this.lease.endsWith(worker);
    }

    @Override
    public String toString() {
        return this.lease.toString();
    }
}
