package io.distlock.quorum;

import io.distlock.core.LockerContract;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What callers may rely on, over three real servers. */
class QuorumLockerTests extends LockerContract {

    private static RedisNodes nodes;

    @BeforeAll
    static void start() {
        nodes = RedisNodes.start(3);
        nodes.warmUp();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Override
    protected LockDriver create(DriverSettings settings) {
        return nodes.quorum(settings, Duration.ZERO);
    }

    @Override
    protected boolean keepsLine() {
        return false;
    }

    @Override
    protected void elapse(Duration time) {
        try {
            Thread.sleep(time.plusMillis(5).toMillis()); // to the next full millisecond, and a little more
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }
}
