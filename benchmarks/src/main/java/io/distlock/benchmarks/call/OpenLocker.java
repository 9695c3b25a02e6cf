package io.distlock.benchmarks.call;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockedAction;
import io.distlock.LockedWork;
import io.distlock.Locker;
import io.distlock.ReleaseOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Grants everything at once and excludes nobody, as cheaply as can be. */
class OpenLocker implements Locker {

    @Override
    public <T extends @Nullable Object, E extends Exception> T execute(LockRequest request, LockedWork<T, E> work)
            throws E {
        Lease lease = acquire(request);
        try (LeaseScope scope = LeaseScope.open(lease)) {
            return work.run(lease);
        }
    }

    @Override
    public <E extends Exception> void run(LockRequest request, LockedAction<E> action) throws E {
        action.run(acquire(request));
    }

    @Override
    public Optional<Lease> tryAcquire(LockRequest request) {
        return Optional.of(acquire(request));
    }

    @Override
    public Lease acquire(LockRequest request) {
        return new OpenLease(request.keys());
    }

    @Override
    public CompletableFuture<Lease> acquireAsync(LockRequest request) {
        return CompletableFuture.completedFuture(acquire(request));
    }

    @Override
    public Optional<LockState> inspect(String key) {
        return Optional.empty();
    }

    @Override
    public ReleaseOutcome release(String key, String token) {
        return ReleaseOutcome.EXPIRED;
    }

    @Override
    public boolean extend(String key, String token, Duration ttl) {
        return false;
    }

    @Override
    public Optional<Lease> adopt(String key, String token, Duration ttl) {
        return Optional.empty();
    }

    record OpenLease(Set<String> keys) implements Lease {

        @Override
        public String key() {
            return this.keys.iterator().next();
        }

        @Override
        public String token() {
            return "open";
        }

        @Override
        public long fencingToken() {
            return 1;
        }

        @Override
        public long fencingToken(String key) {
            return 1;
        }

        @Override
        public Duration validity() {
            return Duration.ofSeconds(1);
        }

        @Override
        public boolean isHeld() {
            return true;
        }

        @Override
        public void ensureHeld() {}

        @Override
        public Optional<Duration> ttl() {
            return Optional.of(validity());
        }

        @Override
        public boolean extend(Duration ttl) {
            return true;
        }

        @Override
        public ReleaseOutcome release() {
            return ReleaseOutcome.RELEASED;
        }

        @Override
        public void onLost(Consumer<LockLost> action) {}

        @Override
        public void close() {}
    }
}
