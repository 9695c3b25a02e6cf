package io.distlock.core;

import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Question;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one line says to the store about its claims, from one place in the store's line. Only under the line's gate. */
final class Questions {

    private final Claiming claiming;

    /** Whose place in the store's line it is; where it is not given, none before somebody stands there. */
    private @Nullable String member;

    private long last;

    Questions(Claiming claiming, @Nullable String member) {
        this.claiming = claiming;
        this.member = member;
    }

    /** Asks for the key, and stands in line if it is busy and somebody here is ready to wait. */
    Runnable ask(Standing asking) {
        if (lineToStandIn() != null && desk().asking().isCrowded()) {
            desk().asking().together(this.claiming, asking);
            return KeyLine.NOTHING;
        }
        return askAlone(asking);
    }

    /** The same, not together with others however many there are: it follows something. */
    Runnable askAlone(Standing asking) {
        if (lineToStandIn() != null) {
            next(asking, true);
        } else {
            asking.ask(++this.last);
        }
        return asking;
    }

    /** @param question null = one that knows of no line */
    void send(Standing asking, long number, @Nullable Question question) {
        LineDriver store = desk().lines();
        this.claiming
                .replying()
                .sent(
                        asking,
                        number,
                        question == null || store == null
                                ? desk().driver().acquire(asking.claim())
                                : store.line(question));
    }

    private Desk desk() {
        return this.claiming.desk();
    }

    private @Nullable LineDriver lineToStandIn() {
        return this.claiming.line().waiting().isAnyPatient() ? desk().lines() : null;
    }

    /** Asks once more, and leaves the line if it is busy. */
    Runnable askLast(Standing asking) {
        LineDriver store = desk().lines();
        Question question = next(asking, false);
        return () -> this.claiming
                .replying()
                .sent(
                        asking,
                        question.number(),
                        store == null ? desk().driver().acquire(asking.claim()) : store.lastTry(question));
    }

    /** The next question, for the caller to send. */
    Question next(Standing asking, boolean stands) {
        Duration aliveFor = desk().aliveFor(asking.demand().ttl());
        return asking.ask(
                member(asking), ++this.last, aliveFor, stands, desk().hearing().isListening());
    }

    /** Whatever the store holds of it, or grants it later, is nobody's. */
    Runnable giveBack(Standing dead) {
        return leave(new Question(dead.claim(), member(dead), this.last, Duration.ZERO));
    }

    Runnable leave(Question question) {
        return () -> desk().givingBack().leave(question);
    }

    /** Named after the first attempt, whose name nothing else has. */
    private String member(Standing asking) {
        String known = this.member;
        if (known == null) {
            known = asking.claim().hold().attempt();
            this.member = known;
        }
        return known;
    }
}
