package io.distlock.quorum;

import io.distlock.Lease;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Looks all the time whether two leases of one key are believed in at once. */
final class Watch implements AutoCloseable {

    private final Set<Lease> working = ConcurrentHashMap.newKeySet();

    private final AtomicInteger overlaps = new AtomicInteger();

    private final Thread thread = new Thread(this::look, "watch");

    private volatile boolean closed;

    Watch() {
        this.thread.start();
    }

    /** From its grant to just before its release. */
    void begin(Lease lease) {
        this.working.add(lease);
    }

    void end(Lease lease) {
        this.working.remove(lease);
    }

    int overlaps() {
        return this.overlaps.get();
    }

    private void look() {
        while (!this.closed) {
            List<Lease> now = List.copyOf(this.working);
            for (Lease one : now) {
                for (Lease other : now) {
                    // held before and after the other was seen to be held
                    if (one != other && isWorking(one) && isWorking(other) && isWorking(one)) {
                        this.overlaps.incrementAndGet();
                    }
                }
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    private boolean isWorking(Lease lease) {
        return this.working.contains(lease) && lease.isHeld();
    }

    @Override
    public void close() throws InterruptedException {
        this.closed = true;
        this.thread.join();
    }
}
