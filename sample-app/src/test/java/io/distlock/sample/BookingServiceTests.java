package io.distlock.sample;

import static io.distlock.test.LockAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;

import io.distlock.LockLostException;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockUnavailableException;
import io.distlock.test.AutoConfigureDistlock;
import io.distlock.test.Section;
import io.distlock.test.TestLocks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** The sale under its lock, without Redis; {@code docs/testing.md} shows parts of it. */
@SpringBootTest(
        webEnvironment = WebEnvironment.NONE,
        properties = {"spring.data.redis.host=no-redis.invalid", "spring.datasource.url=jdbc:h2:mem:bookings"})
@AutoConfigureDistlock
@Timeout(60)
class BookingServiceTests {

    private static final Seat SEAT = new Seat("A", 7);

    @Autowired
    BookingService bookings;

    @Autowired
    TestLocks locks;

    @MockitoSpyBean
    SeatStore store;

    @BeforeEach
    void openTheHall() {
        this.store.clear();
    }

    @Test
    void aSeatIsLockedUntilItsSaleIsCommitted() {
        this.bookings.book(SEAT, "Ada");

        assertThat(this.locks).wasLockedWith("seat:A7").wasReleasedAfterCommit("seat:A7");
    }

    @Test
    void onlyOneAtATimeLooksAtASeat() {
        Section sale = this.locks.section().lasting(Duration.ofMillis(5));
        doAnswer(look -> {
                    try (Section.Visit visit = sale.enter()) {
                        return look.callRealMethod();
                    }
                })
                .when(this.store)
                .isBooked(any());

        inParallel(8, buyer -> this.bookings.book(SEAT, "Fan " + buyer));

        assertThat(sale).wasEntered(8).neverOverlapped().wasAlwaysLockedWith("seat:A7");
        assertThat(this.locks).wasNeverHeldTwice("seat:A7").isEverythingReleased();
        assertThat(this.store.buyersBySeat().get("A7")).hasSize(1);
    }

    @Test
    void aSeatThatAnotherInstanceSellsIsBusy() {
        this.locks.elsewhere().acquire("seat:A7");

        assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> this.bookings.book(SEAT, "Ada"));
    }

    @Test
    void withoutTheStoreOfLocksNothingIsSold() {
        this.locks.silence();

        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.bookings.book(SEAT, "Ada"));
        assertThat(this.store.isBooked(SEAT)).isFalse();
    }

    @Test
    void aSaleWhoseLockIsLostIsRolledBack() {
        doAnswer(look -> {
                    this.locks.sleep(Duration.ofMinutes(1));
                    return look.callRealMethod();
                })
                .when(this.store)
                .isBooked(any());

        assertThatExceptionOfType(LockLostException.class).isThrownBy(() -> this.bookings.book(SEAT, "Ada"));
        assertThat(this.locks).wasLost("seat:A7").wasReleasedAfterRollback("seat:A7");
        assertThat(this.store.buyersBySeat().get("A7")).isEmpty();
    }

    @Test
    void aSaleWhoseLeaseIsTakenFromItIsRolledBack() {
        doAnswer(look -> {
                    this.locks.lose("seat:A7");
                    return look.callRealMethod();
                })
                .when(this.store)
                .isBooked(any());

        assertThatExceptionOfType(LockLostException.class).isThrownBy(() -> this.bookings.book(SEAT, "Ada"));
        assertThat(this.locks).wasLost("seat:A7").wasReleasedAfterRollback("seat:A7");
        assertThat(this.store.buyersBySeat().get("A7")).isEmpty();
    }

    private static void inParallel(int threads, IntConsumer work) {
        List<CompletableFuture<Void>> all = IntStream.range(0, threads)
                .mapToObj(i -> CompletableFuture.runAsync(() -> work.accept(i), task -> new Thread(task).start()))
                .toList();
        all.forEach(CompletableFuture::join);
    }
}
