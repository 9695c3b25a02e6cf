package io.distlock.quorum;

import org.junit.jupiter.api.BeforeAll;

class QuorumOfFiveTests extends QuorumContract {

    @BeforeAll
    static void start() {
        start(5, 5);
    }
}
