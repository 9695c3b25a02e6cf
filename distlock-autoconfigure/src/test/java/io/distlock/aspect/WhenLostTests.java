package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import io.distlock.WhenLost;
import io.distlock.annotation.DistributedLock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The locker interrupts and fails; here it only hears what the annotation says. */
class WhenLostTests {

    @Test
    void aMethodIsInterruptedUnlessItSaysOtherwise() {
        try (LockedBeans beans = new LockedBeans(Shop.class)) {
            beans.get(Shop.class).silent();
            beans.get(Shop.class).failing();
            beans.get(Shop.class).reporting();

            assertThat(beans.locker().requests)
                    .extracting(LockRequest::whenLost)
                    .containsExactly(
                            Optional.of(WhenLost.INTERRUPT), Optional.of(WhenLost.FAIL), Optional.of(WhenLost.REPORT));
        }
    }

    static class Shop {

        @DistributedLock
        void silent() {}

        @DistributedLock(whenLost = WhenLost.FAIL)
        void failing() {}

        @DistributedLock(whenLost = WhenLost.REPORT)
        void reporting() {}
    }
}
