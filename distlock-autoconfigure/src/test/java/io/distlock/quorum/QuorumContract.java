package io.distlock.quorum;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverContract;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;
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

    /** What a majority has answered, the last node may hear of a moment later, and its time begins then. */
    @Override
    protected Collection<String> stored(String prefix) {
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        Collection<String> stored = nodes.stored(living, prefix);
        while (!stored.isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(20_000_000);
            stored = nodes.stored(living, prefix);
        }
        return stored;
    }
}
