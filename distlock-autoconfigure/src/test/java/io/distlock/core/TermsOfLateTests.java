package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distlock.LockRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Terms are filled in once for all who ask alike, and for nobody who asks for something else. */
class TermsOfLateTests {

    private static final LockRequest ORDERS = LockRequest.of("orders").name("orders");

    private static final Duration TIME = Duration.ofSeconds(7);

    private static final List<UnaryOperator<LockRequest>> OTHER_WISHES = List.of(
            request -> request.name("others"),
            request -> request.ttl(TIME),
            request -> request.waitFor(TIME),
            request -> request.autoRenew(false),
            request -> request.maxHold(TIME),
            request -> request.holdAtLeast(TIME),
            LockRequest::shared,
            request -> request.permits(2),
            request -> request.token("own"),
            request -> request.metadata(Map.of("a", "b")));

    private final TermsOfLate terms = new TermsOfLate(TermsOfLateTests::fillIn);

    private static Terms fillIn(LockRequest request) {
        return Terms.of(request, request.ttl().orElse(Duration.ofMinutes(1)), LockerSettings.defaults());
    }

    @Test
    void whoAsksForTheSameOfAnotherKeyGetsTheSame() {
        Terms first = this.terms.of(ORDERS);
        assertThat(first).isEqualTo(fillIn(ORDERS));
        assertThat(this.terms.of(ORDERS.keys("other", "keys"))).isSameAs(first);
        assertThat(this.terms.of(LockRequest.of("k").name(new String("orders"))))
                .isSameAs(first);
    }

    @Test
    void whoAsksForSomethingElseGetsThat() {
        for (UnaryOperator<LockRequest> wish : OTHER_WISHES) {
            LockRequest other = wish.apply(ORDERS);
            this.terms.of(ORDERS);
            assertThat(this.terms.of(other)).as("%s", fillIn(other)).isEqualTo(fillIn(other));
            assertThat(this.terms.of(ORDERS)).isEqualTo(fillIn(ORDERS));
        }
    }

    @Test
    void whoIsRefusedIsRefusedEveryTime() {
        IllegalArgumentException refusal = new IllegalArgumentException("made by the test");
        TermsOfLate refusing = new TermsOfLate(request -> {
            throw refusal;
        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> refusing.of(ORDERS)).isSameAs(refusal);
        }
    }
}
