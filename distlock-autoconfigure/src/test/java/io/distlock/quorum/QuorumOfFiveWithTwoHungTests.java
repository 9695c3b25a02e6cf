package io.distlock.quorum;

import org.junit.jupiter.api.BeforeAll;

class QuorumOfFiveWithTwoHungTests extends QuorumContract {

    @BeforeAll
    static void start() {
        RedisNodes nodes = start(5, 3);
        nodes.get(3).pause();
        nodes.get(4).pause();
    }
}
