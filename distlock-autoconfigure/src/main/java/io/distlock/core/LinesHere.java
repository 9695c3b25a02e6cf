package io.distlock.core;

import io.distlock.LocalLock;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LockKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of all keys of one locker, each from the first who wants its key until nobody holds or awaits it here, and for
 * a moment more: a line that nobody needs rests until the timer comes by and nobody has come for it since it did last,
 * since most keys are wanted again and again, and a line is a good part of what a lock makes.
 */
final class LinesHere {

    private final Desk desk;

    private final ConcurrentMap<String, KeyLine> ofKeys = new ConcurrentHashMap<>();

    /** Lines apart, by their members' names: one for each who shares a key, or goes on with a hold from elsewhere. */
    private final ConcurrentMap<String, KeyLine> apart = new ConcurrentHashMap<>();

    /** How many wait in lines apart for a key, where only so many may. */
    private final ConcurrentMap<String, Integer> waitingApart = new ConcurrentHashMap<>();

    /** The last that came to rest since the timer came by; each knows the one before it. */
    private final AtomicReference<@Nullable KeyLine> resting = new AtomicReference<>();

    private final Runnable endOfRest = this::endOfRest;

    LinesHere(Desk desk) {
        this.desk = desk;
    }

    /** The line in which the waiter stands from here on. */
    KeyLine enter(String key, Waiter waiter) {
        while (true) {
            // whoever shares a key asks the store for itself, since each holder counts there
            KeyLine line = waiter.demand().isShared() ? apart(this.desk.key(key)) : ofKey(key);
            if (line.enter(waiter)) { // unless it has ended meanwhile
                return line;
            }
        }
    }

    private KeyLine ofKey(String key) {
        KeyLine known = this.ofKeys.get(key);
        if (known != null) {
            return known;
        }
        KeyLine line = new KeyLine(this.desk, this.desk.key(key), null);
        KeyLine sooner = this.ofKeys.putIfAbsent(key, line);
        return sooner == null ? line : sooner;
    }

    /** A line of its own for one who shares the key, or for one hold that was taken elsewhere or together with others. */
    KeyLine apart(LockKey key) {
        String member = this.desk.nextId();
        KeyLine line = new KeyLine(this.desk, key, member);
        this.apart.put(member, line);
        return line;
    }

    /** @return whether there is room for one more among those who wait apart for that key; whoever has it is counted */
    boolean countApart(LockKey key, int most) {
        boolean[] room = {false};
        this.waitingApart.compute(key.key(), (same, counted) -> {
            int now = counted == null ? 0 : counted;
            room[0] = now < most;
            return room[0] ? now + 1 : now;
        });
        return room[0];
    }

    void uncountApart(LockKey key) {
        this.waitingApart.computeIfPresent(key.key(), (same, counted) -> counted == 1 ? null : counted - 1);
    }

    /** Nobody needs it now. Whoever comes first calls the timer, once for all that come until then. */
    void rests(KeyLine line) {
        KeyLine before;
        do {
            before = this.resting.get();
            line.restsAfter(before);
        } while (!this.resting.compareAndSet(before, line));
        if (before == null) {
            this.desk.ticker().at(System.nanoTime(), this.endOfRest);
        }
    }

    /** The timer comes by: whatever nobody needs now, nor has needed since it came to rest, is forgotten. */
    void endOfRest() {
        for (KeyLine line = this.resting.getAndSet(null); line != null; ) {
            line = line.endRest();
        }
    }

    void forget(KeyLine line) {
        String member = line.apart();
        if (member == null) {
            this.ofKeys.remove(line.key().key(), line);
        } else {
            this.apart.remove(member);
        }
    }

    void closeToWaiters() {
        all().forEach(line -> line.admitting().closeToWaiters());
    }

    /** Whether somebody holds or awaits it here, and does not share it. */
    boolean isWanted(LockKey key) {
        KeyLine line = this.ofKeys.get(key.key());
        return line != null && line.isWanted();
    }

    /** Whose grant that is; null = nobody's any more. */
    @Nullable
    KeyLine of(Grant grant) {
        KeyLine line = this.apart.get(grant.member());
        return line != null ? line : this.ofKeys.get(grant.hold().key().key());
    }

    private Stream<KeyLine> all() {
        return Stream.concat(this.ofKeys.values().stream(), this.apart.values().stream());
    }

    /** What is held now. */
    List<Holding> held() {
        return all().flatMap(line -> Stream.ofNullable(line.held())).toList();
    }

    /** What is held now of that hold's key under its token. */
    Stream<Holding> held(Hold hold) {
        return held().stream()
                .filter(held -> held.hold().key().equals(hold.key())
                        && held.hold().token().equals(hold.token()));
    }

    /** A lease of the key under which that thread works. */
    Optional<KeyLease> heldBy(Thread worker, String key) {
        return all().filter(line -> line.key().key().equals(key))
                .flatMap(line -> Stream.ofNullable(line.held()))
                .flatMap(held -> Stream.ofNullable(held.lease()))
                .filter(lease -> lease.worker() == worker)
                .findFirst();
    }

    List<LocalLock> locks() {
        return all().map(KeyLine::show)
                .filter(lock -> lock.hold().isPresent() || !lock.waits().isEmpty())
                .toList();
    }
}
