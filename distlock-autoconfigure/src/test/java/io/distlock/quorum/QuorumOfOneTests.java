package io.distlock.quorum;

import org.junit.jupiter.api.BeforeAll;

class QuorumOfOneTests extends QuorumContract {

    @BeforeAll
    static void start() {
        start(1, 1);
    }
}
