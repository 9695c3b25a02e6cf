package io.distlock.sample;

import io.distlock.LockException;
import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.fence.StaleFenceException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** What buyers ask for, and what the page shows. */
@RestController
record SeatController(SeatStore store, BoxOffice office, Locker locker) {

    @GetMapping("/seats")
    Map<String, List<String>> seats() {
        return this.store.buyersBySeat();
    }

    @PostMapping("/seats/{row}/{number}/bookings")
    @ResponseStatus(HttpStatus.CREATED)
    void book(Seat seat, @RequestBody Booking booking, @RequestParam(defaultValue = "true") boolean lock) {
        String buyer = booking.buyer();
        if (buyer == null || buyer.isBlank() || buyer.length() > 100) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Say who buys, in at most 100 characters");
        }
        if (!this.office.serve(seat, buyer, lock)) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "Seat " + seat + " is sold");
        }
    }

    /** Keeps everybody else from the seat for ten seconds. */
    @PostMapping("/seats/{row}/{number}/hold")
    void hold(Seat seat) throws InterruptedException {
        this.locker.run("seat:" + seat, lease -> Thread.sleep(10_000));
    }

    @DeleteMapping("/seats")
    void reset() {
        this.store.clear();
    }

    @PostMapping("/rush")
    void rush(@RequestParam String row, @RequestParam boolean lock) {
        this.office.rush(row, lock);
    }

    @GetMapping("/live")
    Map<String, Object> live(@RequestParam long after) {
        Stream<Optional<LockState>> locks = Seat.ALL.stream().map(seat -> this.locker.inspect("seat:" + seat));
        return Map.of("locks", locks.flatMap(Optional::stream).toList(), "attempts", this.store.attempts(after));
    }

    @ExceptionHandler
    ProblemDetail refuse(LockException refusal) {
        boolean silent = refusal instanceof LockUnavailableException;
        HttpStatus status = silent ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.CONFLICT;
        return ProblemDetail.forStatusAndDetail(status, refusal.getMessage());
    }

    @ExceptionHandler
    ProblemDetail refuse(StaleFenceException overtaken) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, overtaken.getMessage());
    }

    record Booking(@Nullable String buyer) {}
}
