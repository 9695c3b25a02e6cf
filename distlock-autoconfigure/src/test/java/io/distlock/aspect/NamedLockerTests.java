package io.distlock.aspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.distlock.Leases;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.annotation.DistributedLock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class NamedLockerTests {

    private static final Duration LONG = Duration.ofSeconds(10);

    private final LockedBeans beans =
            new LockedBeans(Map.of("shop.locker", "jobs"), TwoLockers.class, Shop.class, Till.class);

    private final Shop shop = this.beans.get(Shop.class);

    private final MapLocker jobs = this.beans.get(TwoLockers.class).jobs;

    @AfterEach
    void close() {
        this.beans.close();
    }

    @Test
    void theNamedLockerIsAskedAndNoOther() throws Exception {
        assertThat(this.shop.job()).isEqualTo("[k]");
        assertThat(this.shop.jobLater().get()).isEqualTo("[k]");
        assertThat(this.shop.jobWhenAsked().block(LONG)).isEqualTo("[k]");

        assertThat(this.jobs.requests).hasSize(3);
        assertThat(this.beans.locker().requests).isEmpty();
    }

    @Test
    void whereNoneIsNamedItIsThePrimaryOne() {
        this.shop.order();

        assertThat(this.beans.locker().requests).hasSize(1);
        assertThat(this.jobs.requests).isEmpty();
    }

    @Test
    void theSameKeyAtAnotherLockerIsAnotherLock() throws Exception {
        Till till = this.beans.get(Till.class);
        till.order();
        till.orderLater().get();
        till.orderWhenAsked().block(LONG);

        assertThat(this.jobs.requests).extracting(LockRequest::keys).hasSize(3).containsOnly(Set.of("k"));
        assertThat(this.jobs.heldKeys()).isEmpty();
    }

    @Test
    void theSameKeyAtTheSameNamedLockerIsEnteredAgain() {
        assertThat(this.beans.get(Till.class).job()).isEqualTo("[k]");

        assertThat(this.jobs.requests).hasSize(1);
    }

    @Test
    void aLockerThatCallsItselfOtherwiseIsEnteredAgainToo() {
        Till till = this.beans.get(Till.class);

        assertThat(till.strange()).isEqualTo("[k]");
        assertThat(this.beans.get(TwoLockers.class).stranger.requests).hasSize(1);
    }

    @Test
    void busyIsWhatTheNamedLockerSays() {
        this.jobs.takeElsewhere("k");

        assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(this.shop::job);
        this.shop.order();
    }

    @Test
    void anUnknownLockerIsAProblemThatListsThoseThereAre() {
        try (LockedBeans some = new LockedBeans(TwoLockers.class, Wrong.class)) {
            assertThat(some.check().problems()).singleElement().satisfies(problem -> {
                assertThat(problem).hasMessageContaining("Wrong.job(): there is no locker \"jbos\"");
                assertThat(problem.remedy()).contains("(default, jobs, stranger)", "'distlock.lockers.jbos'");
            });
        }
    }

    @Test
    void aLockerThatThereIsIsNoProblem() {
        assertThat(this.beans.check().problems()).isEmpty();
    }

    static class TwoLockers implements Lockers {

        private final Locker primary;

        private final MapLocker jobs = new MapLocker("jobs");

        private final MapLocker stranger = new MapLocker("somebody");

        TwoLockers(Locker primary) {
            this.primary = primary;
        }

        @Override
        public Locker get(String name) {
            return switch (name) {
                case "jobs" -> this.jobs;
                case "stranger" -> this.stranger;
                default -> this.primary;
            };
        }

        @Override
        public Set<String> names() {
            return Set.of("default", "jobs", "stranger");
        }
    }

    static class Shop {

        @DistributedLock("k")
        void order() {}

        @DistributedLock(key = "k", locker = "${shop.locker}")
        String job() {
            return held();
        }

        @DistributedLock(key = "k", locker = "stranger")
        String strange() {
            return held();
        }

        @DistributedLock(key = "k", locker = "jobs")
        CompletableFuture<String> jobLater() {
            return CompletableFuture.completedFuture(held());
        }

        @DistributedLock(key = "k", locker = "jobs")
        Mono<String> jobWhenAsked() {
            return Mono.just(held());
        }

        private static String held() {
            return Leases.current().orElseThrow().keys().toString();
        }
    }

    static class Till {

        private final Shop shop;

        Till(Shop shop) {
            this.shop = shop;
        }

        @DistributedLock("k")
        void order() {
            this.shop.job();
        }

        @DistributedLock("k")
        CompletableFuture<String> orderLater() {
            return this.shop.jobLater();
        }

        @DistributedLock("k")
        Mono<String> orderWhenAsked() {
            return this.shop.jobWhenAsked();
        }

        @DistributedLock(key = "k", locker = "jobs")
        String job() {
            return this.shop.job();
        }

        @DistributedLock(key = "k", locker = "stranger")
        String strange() {
            return this.shop.strange();
        }
    }

    static class Wrong {

        @DistributedLock(key = "k", locker = "jbos")
        void job() {}
    }
}
