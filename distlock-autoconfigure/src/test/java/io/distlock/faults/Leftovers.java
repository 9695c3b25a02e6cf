package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.testredis.TestRedis;
import java.time.Duration;

/** What stays in Redis when nobody locks any more. */
final class Leftovers {

    private static final Duration PROMISED = Duration.ofMillis(250);

    /** What a busy machine adds. */
    private static final Duration SLACK = Duration.ofMillis(750);

    private static final Duration GLANCE = Duration.ofMillis(20);

    private Leftovers() {}

    /** Nothing of that key once the retention of records is over, too. */
    static void assertNoneOf(TestRedis redis, String key, Duration last) {
        Observer observer = new Observer(redis);
        await().pollInterval(GLANCE)
                .atMost(last.plusSeconds(1).plus(PROMISED).plus(SLACK))
                .untilAsserted(() -> assertThat(observer.keys()).noneMatch(known -> known.contains(key)));
    }

    /** Nothing but records after that time. */
    static void assertNoLockIn(TestRedis redis, Duration last) {
        Observer observer = new Observer(redis);
        await().pollInterval(GLANCE)
                .atMost(last.plus(PROMISED).plus(SLACK))
                .untilAsserted(() ->
                        assertThat(observer.keys()).allMatch(key -> key.startsWith("distlock:~rec:"), "is a record"));
    }

    /** The same, and nothing at all when the retention of records, a second, is over, too. */
    static void assertNoneIn(TestRedis redis, Duration last) {
        assertNoLockIn(redis, last);
        Observer observer = new Observer(redis);
        await().pollInterval(GLANCE)
                .atMost(last.plusSeconds(1).plus(PROMISED).plus(SLACK))
                .untilAsserted(() -> assertThat(observer.keys()).isEmpty());
    }
}
