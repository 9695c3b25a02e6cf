package io.distlock.quorum;

import org.junit.jupiter.api.BeforeAll;

class QuorumOfThreeWithOneDeadTests extends QuorumContract {

    @BeforeAll
    static void start() {
        start(3, 2).get(2).kill();
    }
}
