package io.distlock.sample;

import io.distlock.annotation.DistributedLock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.stereotype.Service;

/** The same sale with and without the lock: one annotation is all the difference. */
@Service
class BookingService {

    private final SeatStore store;

    BookingService(SeatStore store) {
        this.store = store;
    }

    @DistributedLock(key = "seat:#{#seat}", waitFor = "2s")
    public boolean book(Seat seat, String buyer) {
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
