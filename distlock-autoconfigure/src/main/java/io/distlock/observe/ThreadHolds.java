package io.distlock.observe;

import io.distlock.LockEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What each thread has taken itself and not given back, in the order of taking. */
final class ThreadHolds {

    private final ThreadLocal<Holds> current = ThreadLocal.withInitial(Holds::new);

    /** Where a hold is remembered: any thread may give it back. */
    private final Map<Long, Holds> where = new ConcurrentHashMap<>();

    void asked(LockEvent event) {
        this.current.get().asking = event.id();
    }

    /** @return whether the current thread has asked for it itself, and will work under it */
    boolean taken(LockEvent event) {
        Holds mine = this.current.get();
        if (mine.asking != event.id()) {
            return false;
        }
        mine.all.add(event);
        this.where.put(event.id(), mine);
        return true;
    }

    /** @return whether the current thread had taken it */
    boolean ended(LockEvent event) {
        Holds holds = this.where.remove(event.id());
        if (holds == null) {
            return false;
        }
        holds.all.removeIf(held -> held.id() == event.id());
        return holds == this.current.get();
    }

    /** Of the current thread, the last taken last. */
    List<LockEvent> held() {
        return this.current.get().all;
    }

    private static final class Holds {

        private final List<LockEvent> all = new CopyOnWriteArrayList<>();

        private long asking;
    }
}
