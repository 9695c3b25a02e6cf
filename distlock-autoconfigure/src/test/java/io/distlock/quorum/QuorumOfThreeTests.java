package io.distlock.quorum;

import org.junit.jupiter.api.BeforeAll;

class QuorumOfThreeTests extends QuorumContract {

    @BeforeAll
    static void start() {
        start(3, 3);
    }
}
