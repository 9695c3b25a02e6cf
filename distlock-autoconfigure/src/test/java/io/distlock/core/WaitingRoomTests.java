package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Those who wait keep the order of their arrival, whoever of them leaves. */
class WaitingRoomTests {

    private static final Demand DEMAND = Demand.of(
            LockRequest.of("k"),
            Terms.of(LockRequest.of("k"), Duration.ofSeconds(1), LockerSettings.defaults()),
            new Details(new Instance("", ""), Map.of(), null));

    private final WaitingRoom room = new WaitingRoom();

    private final Waiter a = waiter();

    private final Waiter b = waiter();

    private final Waiter c = waiter();

    private static Waiter waiter() {
        return new Waiter(DEMAND, (self, answer) -> {});
    }

    private void allCome() {
        this.room.add(this.a);
        this.room.add(this.b);
        this.room.add(this.c);
        assertStand(this.a, this.b, this.c);
    }

    private void assertStand(Waiter... waiters) {
        assertThat(this.room.all()).containsExactly(waiters);
        assertThat(this.room.size()).isEqualTo(waiters.length);
        assertThat(this.room.isEmpty()).isEqualTo(waiters.length == 0);
        assertThat(this.room.next()).isEqualTo(waiters.length == 0 ? null : waiters[0]);
    }

    @Test
    void whoLeavesLeavesTheOthersInTheirOrder() {
        for (Waiter gone : List.of(this.a, this.b, this.c)) {
            allCome();
            this.room.remove(gone);
            this.room.remove(gone);
            assertThat(this.room.contains(gone)).isFalse();
            assertStand(List.of(this.a, this.b, this.c).stream()
                    .filter(waiter -> waiter != gone)
                    .toArray(Waiter[]::new));
            this.room.add(gone);
            assertThat(this.room.all()).endsWith(gone).hasSize(3);
            assertThat(this.room.dismiss(waiter -> true)).endsWith(gone).hasSize(3);
            assertStand();
        }
    }

    @Test
    void whoIsDismissedIsNoLongerThere() {
        allCome();
        assertThat(this.room.dismiss(waiter -> waiter != this.b)).containsExactly(this.a, this.c);
        assertStand(this.b);
        assertThat(this.room.contains(this.a)).isFalse();
        assertThat(this.room.contains(this.b)).isTrue();
    }

    @Test
    void nobodyIsRemovedFromARoomOfOthers() {
        allCome();
        WaitingRoom another = new WaitingRoom();
        another.remove(this.b);
        assertStand(this.a, this.b, this.c);
        assertThat(another.size()).isZero();
    }
}
