package io.distlock.sample;

import io.distlock.Leases;
import io.distlock.annotation.DistributedLock;
import io.distlock.fence.FenceGuard;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The same sale with and without the lock: one annotation is all the difference, and the check of its fence. */
@Service
class BookingService {

    private final SeatStore store;

    private final FenceGuard fences;

    BookingService(SeatStore store, FenceGuard fences) {
        this.store = store;
        this.fences = fences;
    }

    /** Even if this process stands still for longer than the lock lasts, its late write is refused. */
    @Transactional
    @DistributedLock(key = "seat:#{#seat}", waitFor = "2s")
    public boolean book(Seat seat, String buyer) {
        this.fences.check(Leases.requireHeld("seat:" + seat));
        return checkThenBook(seat, buyer);
    }

    public boolean bookWithoutLock(Seat seat, String buyer) {
        return checkThenBook(seat, buyer);
    }

    /** The classic mistake: whoever checks during somebody's pause finds the seat free, too. */
    private boolean checkThenBook(Seat seat, String buyer) {
        if (this.store.isBooked(seat)) {
            return false;
        }
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        this.store.book(seat, buyer);
        return true;
    }
}
