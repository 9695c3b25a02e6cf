package io.distlock.memory;

import io.distlock.driver.Hold;
import io.distlock.driver.LockKey;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Every lock that is held, awaited or remembered, and the inboxes of those who wait. A lock's changes come one by one. */
final class MemoryStore {

    private static final Duration SWEEPS = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;

    private final long sweepEvery;

    private final long start;

    private final long startMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

    private final ConcurrentMap<String, Place> places = new ConcurrentHashMap<>();

    private final ConcurrentMap<String, Inbox> inboxes = new ConcurrentHashMap<>();

    private final ReadWriteLock gate = new ReentrantReadWriteLock();

    private final AtomicBoolean sweeping = new AtomicBoolean();

    MemoryStore(LongSupplier nanoTime) {
        this(nanoTime, SWEEPS);
    }

    MemoryStore(LongSupplier nanoTime, Duration sweepEvery) {
        this.nanoTime = nanoTime;
        this.sweepEvery = sweepEvery.toNanos();
        this.start = nanoTime.getAsLong();
    }

    /** Asks several locks, while nobody else asks any. */
    <T> T askAlone(Supplier<T> questions) {
        this.gate.writeLock().lock();
        try {
            return questions.get();
        } finally {
            this.gate.writeLock().unlock();
        }
    }

    /** Asks one lock, then delivers what it handed on, on the thread that asks. */
    <T> T ask(LockKey key, Function<Place, T> question) {
        return ask(key, question, (place, asked) -> asked.apply(place));
    }

    /** The same, where the question is data and how to put it was made before. */
    <Q, T> T ask(LockKey key, Q question, BiFunction<Place, Q, T> put) {
        String name = key.full();
        while (true) {
            T answer;
            List<Message> messages;
            this.gate.readLock().lock();
            try {
                Place place = place(name);
                synchronized (place) {
                    if (place.isForgotten()) {
                        continue;
                    }
                    place.enter(now());
                    answer = put.apply(place, question);
                    messages = place.takeMessages();
                    forgetIfOver(name, place);
                }
            } finally {
                this.gate.readLock().unlock();
            }
            if (!this.sweeping.get() && !this.places.isEmpty() && this.sweeping.compareAndSet(false, true)) {
                sweepLater(new WeakReference<>(this), this.sweepEvery);
            }
            if (!messages.isEmpty()) {
                messages.forEach(this::deliver);
            }
            return answer;
        }
    }

    private Place place(String name) {
        Place known = this.places.get(name);
        if (known != null) {
            return known;
        }
        Place place = new Place(this, now());
        Place sooner = this.places.putIfAbsent(name, place);
        return sooner == null ? place : sooner;
    }

    /** Only by who is alone in it. Whoever has it in hand by then looks for another. */
    private void forgetIfOver(String name, Place place) {
        if (place.isOver()) {
            place.forget();
            this.places.remove(name, place);
        }
    }

    private void deliver(Message message) {
        Inbox inbox = this.inboxes.get(message.instance());
        if (inbox != null) {
            inbox.grants().accept(message.grant());
        }
    }

    void tellFreed(Hold hold, String instance) {
        Inbox inbox = this.inboxes.get(instance);
        if (inbox != null) {
            inbox.freed().accept(hold);
        }
    }

    void listen(String instance, Inbox inbox) {
        this.inboxes.put(instance, inbox);
    }

    void stopListening(String instance) {
        this.inboxes.remove(instance);
    }

    boolean isListening(String instance) {
        return this.inboxes.containsKey(instance);
    }

    long now() {
        return this.nanoTime.getAsLong();
    }

    /** The wall clock as it was at the start, and since then as time has passed: so fences grow, whoever sets the clock. */
    long fence(long now) {
        return this.startMicros + TimeUnit.NANOSECONDS.toMicros(now - this.start);
    }

    /** The full keys of all locks that the store knows of. */
    Set<String> keys() {
        return this.places.keySet();
    }

    /** Not by a thread of ours, and not for a store that nobody uses any more. */
    private static void sweepLater(WeakReference<MemoryStore> reference, long pause) {
        CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> {
                    MemoryStore store = reference.get();
                    if (store != null && store.sweep()) {
                        sweepLater(reference, pause);
                    }
                });
    }

    /** @return whether there may be something to sweep later */
    boolean sweep() {
        this.places.forEach((name, place) -> {
            synchronized (place) {
                place.enter(now());
                forgetIfOver(name, place);
            }
        });
        if (!this.places.isEmpty()) {
            return true;
        }
        this.sweeping.set(false);
        return !this.places.isEmpty() && this.sweeping.compareAndSet(false, true);
    }
}
