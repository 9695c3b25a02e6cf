package io.distlock.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LockKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrantsTests {

    private static final LockKey KEY = new LockKey("grants:", "order:42");

    private static final Attempt.Granted FENCES = new Attempt.Granted(1, 1);

    private long now = Long.MAX_VALUE - 1; // clocks of this kind may begin anywhere

    private final Grants grants = new Grants(() -> this.now);

    @Test
    void whatIsLostAndNeverReleasedIsForgottenWithItsTtl() {
        for (int i = 0; i < 1000; i++) {
            this.grants.add(claim("lost-" + i, Duration.ofSeconds(10)), FENCES);
        }
        Claim held = claim("held", Duration.ofSeconds(10));
        this.grants.add(held, FENCES);
        pass(Duration.ofSeconds(9));
        this.grants.lengthen(held.hold(), Duration.ofSeconds(10));
        pass(Duration.ofSeconds(2));
        this.grants.add(claim("next", Duration.ofSeconds(10)), FENCES);
        assertThat(this.grants.size()).isEqualTo(2);
        assertThat(this.grants.of(held.hold())).isPresent();
    }

    @Test
    void whatIsOverIsNotFoundBeforeItIsForgottenEither() {
        Claim claim = claim("a", Duration.ofSeconds(10));
        this.grants.add(claim, FENCES);
        pass(Duration.ofSeconds(10));
        assertThat(this.grants.of(claim.hold())).isEmpty();
        assertThat(this.grants.size()).isEqualTo(1);
    }

    @Test
    void whoIsReleasedMayStandAtASilentNodeForTheRestOfItsTime() {
        Claim claim = claim("a", Duration.ofMinutes(10));
        this.grants.add(claim, FENCES);
        pass(Duration.ofMinutes(4));
        assertThat(left(claim.hold())).isEqualTo(Duration.ofMinutes(6));
        assertThat(this.grants.of(claim.hold())).isEmpty();
    }

    @Test
    void renewalsOnlyLengthenAndExtensionsSetThatTime() {
        Claim renewed = claim("renewed", Duration.ofMinutes(10));
        Claim extended = claim("extended", Duration.ofMinutes(10));
        this.grants.add(renewed, FENCES);
        this.grants.add(extended, FENCES);
        this.grants.lengthen(renewed.hold(), Duration.ofMinutes(1));
        this.grants.set(extended.hold(), Duration.ofMinutes(2));
        assertThat(left(renewed.hold())).isEqualTo(Duration.ofMinutes(10));
        assertThat(left(extended.hold())).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void whoIsKnownByItsTokenIsFound() {
        Claim claim = claim("a", Duration.ofMinutes(10));
        this.grants.add(claim, FENCES);
        this.grants.add(claim("b", Duration.ofMinutes(20)), FENCES);
        assertThat(left(Hold.byToken(new LockKey("other:", "order:42"), "a"))).isEqualTo(Duration.ofMinutes(1));
        assertThat(left(Hold.byToken(KEY, "a"))).isEqualTo(Duration.ofMinutes(10));
        assertThat(this.grants.of(claim.hold())).isEmpty();
        assertThat(this.grants.size()).isEqualTo(1);
    }

    private Duration left(Hold hold) {
        return Duration.ofNanos(this.grants.remove(hold) - this.now);
    }

    private void pass(Duration time) {
        this.now += time.toNanos();
    }

    private static Claim claim(String token, Duration ttl) {
        return new Claim(new Hold(KEY, token, "attempt of " + token), ttl, 1, "");
    }
}
