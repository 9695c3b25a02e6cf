package io.distlock.quorum;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverContract;
import java.time.Duration;
import java.util.Collection;
import org.junit.jupiter.api.AfterAll;

/** The contract on several real Redis servers. Those of one class are started by it, and the last of them may be away. */
abstract class QuorumContract extends LockDriverContract {

    private static RedisNodes nodes;

    private static int living;

    static RedisNodes start(int count, int alive) {
        nodes = RedisNodes.start(count);
        living = alive;
        nodes.warmUp();
        return nodes;
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
    protected void elapse(Duration time) {
        try {
            Thread.sleep(
                    time.plusMillis(5).toMillis()); // to the next full millisecond of the servers, and a little more
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }

    @Override
    protected Collection<String> stored(String prefix) {
        return nodes.stored(living, prefix);
    }
}
