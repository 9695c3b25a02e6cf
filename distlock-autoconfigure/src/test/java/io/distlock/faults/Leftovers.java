package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.testredis.TestRedis;
import java.time.Duration;

/** What stays in Redis when nobody locks any more. */
final class Leftovers {

    private static final Duration SLACK = Duration.ofMillis(1500);

    private Leftovers() {}

    /** Nothing but records after that time, and nothing at all when their retention of a second is over, too. */
    static void assertNoneIn(TestRedis redis, Duration last) {
        Observer observer = new Observer(redis);
        await().atMost(last.plus(SLACK))
                .untilAsserted(() ->
                        assertThat(observer.keys()).allMatch(key -> key.startsWith("distlock:~rec:"), "is a record"));
        await().atMost(last.plusSeconds(1).plus(SLACK))
                .untilAsserted(() -> assertThat(observer.keys()).isEmpty());
    }
}
