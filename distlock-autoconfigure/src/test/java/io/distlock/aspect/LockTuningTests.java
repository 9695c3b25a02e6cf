package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.LockRequest;
import io.distlock.WhenLost;
import io.distlock.annotation.AutoRenew;
import io.distlock.annotation.DistributedLock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class LockTuningTests {

    private final LockedBeans beans = new LockedBeans(Tunings.class, Shop.class);

    @AfterEach
    void close() {
        this.beans.close();
    }

    @Test
    void whatOperationsSayWins() {
        this.beans.get(Shop.class).tuned();

        LockRequest request = onlyRequest();
        assertThat(request.name()).hasValue("tuned");
        assertThat(request.ttl()).hasValue(Duration.ofSeconds(1));
        assertThat(request.waitFor()).hasValue(Duration.ofSeconds(2));
        assertThat(request.maxHold()).hasValue(Duration.ofSeconds(3));
        assertThat(request.holdAtLeast()).isEqualTo(Duration.ofSeconds(4));
        assertThat(request.autoRenew()).hasValue(true);
        assertThat(request.whenLost()).hasValue(WhenLost.FAIL);
    }

    @Test
    void whatTheyDoNotSayIsLeftToTheAnnotation() {
        this.beans.get(Shop.class).untuned();

        LockRequest request = onlyRequest();
        assertThat(request.ttl()).hasValue(Duration.ofSeconds(30));
        assertThat(request.autoRenew()).hasValue(false);
        assertThat(request.whenLost()).hasValue(WhenLost.REPORT);
    }

    private LockRequest onlyRequest() {
        assertThat(this.beans.locker().requests).hasSize(1);
        return this.beans.locker().requests.get(0);
    }

    @Configuration(proxyBeanMethods = false)
    static class Tunings {

        @Bean
        LockTunings tunings() {
            return new LockTunings(Map.of(
                    "tuned",
                    new LockTuning(
                            null,
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(4),
                            true,
                            WhenLost.FAIL,
                            null)));
        }
    }

    static class Shop {

        @DistributedLock(
                name = "tuned",
                ttl = "30s",
                waitFor = "30s",
                maxHold = "30s",
                holdAtLeast = "30s",
                autoRenew = AutoRenew.FALSE,
                whenLost = WhenLost.REPORT)
        void tuned() {}

        @DistributedLock(name = "untuned", ttl = "30s", autoRenew = AutoRenew.FALSE, whenLost = WhenLost.REPORT)
        void untuned() {}
    }
}
