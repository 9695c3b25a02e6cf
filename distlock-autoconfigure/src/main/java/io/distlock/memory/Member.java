package io.distlock.memory;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LineDriver.Question;
import java.time.Duration;

/**
 * One who stands in line.
 *
 * @param question the last one it asked
 * @param instance whose inbox hears of its grant
 * @param listens whether that was open when it asked
 * @param aliveUntil in the store's nanoseconds
 * @param retention how long what stands beside the lock outlives its use
 */
record Member(Question question, String instance, boolean listens, long aliveUntil, Duration retention) {

    String name() {
        return this.question.member();
    }

    Claim claim() {
        return this.question.claim();
    }

    boolean isAlive(long now) {
        return this.aliveUntil - now > 0;
    }

    Message message(Attempt.Granted granted) {
        return new Message(
                this.instance, new Grant(claim().hold(), name(), this.question.number(), granted, claim().ttl()));
    }
}
