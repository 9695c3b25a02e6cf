package io.distlock.test;

import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LockKey;
import io.distlock.driver.Release;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What one locker was granted and has not given back, and the keys that it asked for. */
final class Grants {

    private static final String NOBODY = "nobody";

    private final String locker;

    private final String prefix;

    private final LineDriver store;

    private final LockHistory history;

    private final Map<Hold, Long> fences = new ConcurrentHashMap<>();

    private final Set<LockKey> asked = ConcurrentHashMap.newKeySet();

    /** @param store undisturbed */
    Grants(String locker, String prefix, LineDriver store, LockHistory history) {
        this.locker = locker;
        this.prefix = prefix;
        this.store = store;
        this.history = history;
    }

    String locker() {
        return this.locker;
    }

    String prefix() {
        return this.prefix;
    }

    void asked(LockKey key) {
        this.asked.add(key);
    }

    void granted(Hold hold, long fence) {
        this.asked.add(hold.key());
        this.fences.put(hold, fence);
    }

    /** Its holder wants to give it back now, whether the store hears that or not. */
    void returned(Hold hold) {
        Long fence = this.fences.remove(hold);
        if (fence != null) {
            this.history.returned(this.locker, hold.key().key(), fence);
        }
    }

    void prolong(String key, long fence, Duration time) {
        this.fences.forEach((hold, number) -> {
            if (number == fence && hold.key().key().equals(key)) {
                this.store
                        .ttl(hold)
                        .thenAccept(left -> left.ifPresent(known -> this.store.extend(hold, known.plus(time))));
            }
        });
    }

    void moveOn() {
        this.asked.forEach(key -> this.store.release(new Release(Hold.byToken(key, NOBODY), Duration.ZERO)));
    }
}
