package io.distlock.sample;

import io.distlock.sample.SeatStore.Attempt;
import java.util.concurrent.locks.LockSupport;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.stereotype.Component;

/** Serves buyers, and logs what each of them got and how long it took. */
@Component
record BoxOffice(BookingService bookings, SeatStore store, AsyncTaskExecutor crowd) {

    boolean serve(Seat seat, String buyer, boolean locked) {
        String outcome = "Refused";
        long start = System.nanoTime();
        try {
            boolean booked = locked ? this.bookings.book(seat, buyer) : this.bookings.bookWithoutLock(seat, buyer);
            outcome = booked ? "Booked" : "Sold";
            return booked;
        } finally {
            this.store.log(new Attempt(0, seat.toString(), locked, outcome, (System.nanoTime() - start) / 1e6));
        }
    }

    /** 200 buyers: ten at once for each seat of the row, seat after seat so that eyes can follow. */
    void rush(String row, boolean locked) {
        for (int i = 0; i < 200; i++) {
            Seat seat = new Seat(row, i / 10 + 1);
            String buyer = "Fan " + (i + 1);
            this.crowd.submit(() -> {
                LockSupport.parkNanos(100_000_000L * seat.number());
                serve(seat, buyer, locked);
            });
        }
    }
}
