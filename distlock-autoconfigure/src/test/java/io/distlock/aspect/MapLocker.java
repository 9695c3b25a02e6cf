package io.distlock.aspect;

import io.distlock.Lease;
import io.distlock.LeaseScope;
import io.distlock.LockLost;
import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.LockedAction;
import io.distlock.LockedWork;
import io.distlock.Locker;
import io.distlock.ReleaseOutcome;
import io.distlock.WhenLost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A locker that keeps locks in a map and never waits; its leases are lost when a test says so. */
final class MapLocker implements Locker {

    final List<LockRequest> requests = new CopyOnWriteArrayList<>();

    final List<CompletableFuture<Lease>> asked = new CopyOnWriteArrayList<>();

    /** Whether futures are granted a lease although they were cancelled. */
    volatile boolean deafToCancel;

    /** Whether the store does not answer. */
    volatile boolean silent;

    final List<LockRequest> released = new CopyOnWriteArrayList<>();

    /** Names of the threads that asked how long a lease lives. */
    final List<String> askedHowLong = new CopyOnWriteArrayList<>();

    private final String name;

    private final Map<String, MapLease> held = new ConcurrentHashMap<>();

    private final Map<String, List<CompletableFuture<Lease>>> waiting = new ConcurrentHashMap<>();

    private final AtomicLong fences = new AtomicLong();

    MapLocker() {
        this(LeaseScope.DEFAULT_LOCKER);
    }

    MapLocker(String name) {
        this.name = name;
    }

    /** Somebody else takes the key. */
    Lease takeElsewhere(String key) {
        return take(LockRequest.of(key)).orElseThrow();
    }

    void lose(String key) {
        this.held.get(key).lose();
    }

    /** It is held, and only the store knows. */
    void doubt(String key) {
        this.held.get(key).uncertain = true;
    }

    Set<String> heldKeys() {
        return this.held.keySet();
    }

    @Override
    public Optional<Lease> tryAcquire(LockRequest request) {
        this.requests.add(request);
        if (this.silent) {
            throw unavailable(request);
        }
        return take(request);
    }

    private synchronized Optional<Lease> take(LockRequest request) {
        if (request.keys().stream().anyMatch(this.held::containsKey)) {
            return Optional.empty();
        }
        MapLease lease = new MapLease(request, this.fences.incrementAndGet());
        request.keys().forEach(key -> this.held.put(key, lease));
        return Optional.of(lease);
    }

    @Override
    public Lease acquire(LockRequest request) {
        return tryAcquire(request).orElseThrow(() -> busy(request));
    }

    private static LockNotAcquiredException busy(LockRequest request) {
        return new LockNotAcquiredException(
                request.keys(), LockNotAcquiredException.Reason.BUSY, Duration.ZERO, null, "is held elsewhere", null);
    }

    private static LockUnavailableException unavailable(LockRequest request) {
        return new LockUnavailableException(request.keys(), "no connection", null);
    }

    /** Waits for one key without a thread where the request wants to wait. */
    @Override
    public synchronized CompletableFuture<Lease> acquireAsync(LockRequest request) {
        this.requests.add(request);
        CompletableFuture<Lease> asked = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                return !MapLocker.this.deafToCancel && super.cancel(mayInterrupt);
            }
        };
        this.asked.add(asked);
        if (this.silent) {
            asked.completeExceptionally(unavailable(request));
            return asked;
        }
        Optional<Lease> lease = take(request);
        if (lease.isPresent()) {
            asked.complete(lease.get());
        } else if (request.waitFor().orElse(Duration.ZERO).isZero()) {
            asked.completeExceptionally(busy(request));
        } else {
            this.waiting
                    .computeIfAbsent(request.keys().iterator().next(), key -> new ArrayList<>())
                    .add(asked);
        }
        return asked;
    }

    @Override
    public <T, E extends Exception> T execute(LockRequest request, LockedWork<T, E> work) throws E {
        try (Lease lease = acquire(request);
                LeaseScope scope =
                        LeaseScope.open(lease, this.name, request.whenLost().orElse(WhenLost.FAIL))) {
            T result = work.run(lease);
            if (request.whenLost().orElse(WhenLost.FAIL) != WhenLost.REPORT) {
                lease.ensureHeld();
            }
            return result;
        }
    }

    @Override
    public <E extends Exception> void run(LockRequest request, LockedAction<E> action) throws E {
        execute(request, lease -> {
            action.run(lease);
            return null;
        });
    }

    @Override
    public Optional<LockState> inspect(String key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReleaseOutcome release(String key, String token) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean extend(String key, String token, Duration ttl) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Lease> adopt(String key, String token, Duration ttl) {
        throw new UnsupportedOperationException();
    }

    private synchronized void giveBack(MapLease lease) {
        this.released.add(lease.request);
        for (String key : lease.keys()) {
            this.held.remove(key, lease);
            List<CompletableFuture<Lease>> line = this.waiting.getOrDefault(key, List.of());
            while (!this.held.containsKey(key) && !line.isEmpty()) {
                Lease next = take(LockRequest.of(key)).orElseThrow();
                if (!line.remove(0).complete(next)) {
                    this.held.remove(key);
                }
            }
        }
    }

    private final class MapLease implements Lease {

        private final LockRequest request;

        private final long fence;

        private final List<Consumer<LockLost>> listeners = new CopyOnWriteArrayList<>();

        private volatile LockLost loss;

        private volatile boolean over;

        private volatile boolean uncertain;

        MapLease(LockRequest request, long fence) {
            this.request = request;
            this.fence = fence;
        }

        void lose() {
            this.loss = new LockLost(keys(), "test", this.fence, LockLost.Reason.GONE, Duration.ZERO);
            keys().forEach(key -> MapLocker.this.held.remove(key, this));
            this.listeners.forEach(listener -> listener.accept(this.loss));
        }

        @Override
        public String key() {
            return keys().iterator().next();
        }

        @Override
        public Set<String> keys() {
            return this.request.keys();
        }

        @Override
        public String token() {
            return "token-" + this.fence;
        }

        @Override
        public long fencingToken() {
            return this.fence;
        }

        @Override
        public long fencingToken(String key) {
            return this.fence;
        }

        @Override
        public Duration validity() {
            return isHeld() ? Duration.ofSeconds(10) : Duration.ZERO;
        }

        @Override
        public boolean isHeld() {
            return !this.over && this.loss == null && !this.uncertain;
        }

        @Override
        public void ensureHeld() {
            if (this.loss != null) {
                throw new LockLostException(this.loss);
            }
            if (this.uncertain) {
                throw new LockLostException(
                        new LockLost(keys(), "test", this.fence, LockLost.Reason.UNCERTAIN, Duration.ZERO));
            }
        }

        @Override
        public Optional<Duration> ttl() {
            MapLocker.this.askedHowLong.add(Thread.currentThread().getName());
            this.uncertain = false;
            return Optional.of(validity());
        }

        @Override
        public boolean extend(Duration ttl) {
            return isHeld();
        }

        @Override
        public ReleaseOutcome release() {
            if (!this.over) {
                this.over = true;
                giveBack(this);
            }
            return ReleaseOutcome.RELEASED;
        }

        @Override
        public void onLost(Consumer<LockLost> action) {
            if (this.loss != null) {
                action.accept(this.loss);
            } else {
                this.listeners.add(action);
            }
        }

        @Override
        public void close() {
            release();
        }
    }
}
