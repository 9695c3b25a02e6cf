package io.distlock.benchmarks.call;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockRequest;
import io.distlock.LockedWork;
import io.distlock.TokenGenerator;
import io.distlock.core.Instance;
import io.distlock.core.RandomTokens;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock within this JVM in as few steps as what is promised of every lease allows: a token that nobody can guess, a fence
 * above all earlier ones, a ttl that counts from before it was asked for, and a look at both clocks at the end, which tells
 * whether it was held until then. Whoever would have to wait is refused, nothing is renewed, and nobody hears of anything.
 */
final class LeastLocker extends OpenLocker {

    private static final long TTL = TimeUnit.SECONDS.toNanos(30);

    private static final long TOLERANCE = TimeUnit.SECONDS.toNanos(1);

    private final TokenGenerator tokens = new RandomTokens(Instance.here("benchmarks"));

    private final ConcurrentMap<String, Place> places = new ConcurrentHashMap<>();

    private final long wallAhead = wallNanos() - System.nanoTime();

    @Override
    public <T extends @Nullable Object, E extends Exception> T execute(LockRequest request, LockedWork<T, E> work)
            throws E {
        long asked = System.nanoTime();
        String key = request.keys().iterator().next();
        Place place = place(key);
        String token = this.tokens.generate(key);
        if (!place.enter(token)) {
            throw new IllegalStateException("'" + key + "' is held");
        }
        Lease lease = new OpenLease(request.keys());
        try (LeaseScope scope = LeaseScope.open(lease)) {
            return work.run(lease);
        } finally {
            long now = System.nanoTime();
            boolean sleptMeanwhile = wallNanos() - now - this.wallAhead > TOLERANCE;
            if (!place.leave(token) || now - asked >= TTL || sleptMeanwhile) {
                throw new IllegalStateException("'" + key + "' was lost");
            }
        }
    }

    private Place place(String key) {
        Place known = this.places.get(key);
        return known != null ? known : this.places.computeIfAbsent(key, any -> new Place());
    }

    private static long wallNanos() {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }

    private static final class Place {

        private final ReentrantLock gate = new ReentrantLock();

        private @Nullable String token;

        private long until;

        private long lastFence;

        boolean enter(String by) {
            this.gate.lock();
            try {
                long now = System.nanoTime();
                if (this.token != null && this.until - now > 0) {
                    return false;
                }
                this.token = by;
                this.until = now + TTL;
                this.lastFence = Math.max(this.lastFence + 1, now);
                return true;
            } finally {
                this.gate.unlock();
            }
        }

        boolean leave(String by) {
            this.gate.lock();
            try {
                boolean ours = by.equals(this.token) && this.until - System.nanoTime() > 0;
                this.token = ours ? null : this.token;
                return ours;
            } finally {
                this.gate.unlock();
            }
        }
    }
}
