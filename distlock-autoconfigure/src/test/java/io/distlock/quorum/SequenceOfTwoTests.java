package io.distlock.quorum;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import org.junit.jupiter.api.BeforeAll;

/** The contract on two real Redis servers in sequence. */
class SequenceOfTwoTests extends QuorumContract {

    private static RedisNodes nodes;

    @BeforeAll
    static void start() {
        nodes = start(2, 2);
    }

    @Override
    protected LockDriver create(DriverSettings settings) {
        return new SequenceLockDriver(nodes.nodes(settings));
    }
}
