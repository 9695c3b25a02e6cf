package io.distlock.redis;

import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import java.time.Duration;

/** Arguments of a script, in the order of its header. */
final class Arguments {

    /** How many arguments each part takes. */
    static final int START = 3;

    static final int QUESTION = 10;

    static final int RELEASE = 5;

    private final String[] values;

    private int next;

    Arguments(int size) {
        this.values = new String[size];
    }

    static String millis(Duration time) {
        return Long.toString(time.toMillis());
    }

    Arguments add(String... more) {
        System.arraycopy(more, 0, this.values, this.next, more.length);
        this.next += more.length;
        return this;
    }

    void add(Claim claim) {
        add(claim, false, "", 0, Duration.ZERO, false);
    }

    /** @param stands whether it stands in line if it is busy */
    void add(Question question, boolean stands, boolean listens) {
        add(question.claim(), stands, question.member(), question.number(), question.aliveFor(), listens);
    }

    private void add(Claim claim, boolean stands, String member, long number, Duration aliveFor, boolean listens) {
        Hold hold = claim.hold();
        add(
                flag(stands),
                hold.token(),
                hold.attempt(),
                millis(claim.ttl()),
                Integer.toString(claim.fences()),
                claim.details(),
                member,
                Long.toString(number),
                millis(aliveFor),
                flag(listens));
    }

    /**
     * @param member whose place is left; blank = none
     * @param undo whether later questions of the attempt are refused
     */
    void add(Release release, String member, boolean undo) {
        add(release.hold().token(), release.hold().attempt(), millis(release.keepFor()), member, flag(undo));
    }

    void add(Renewal renewal) {
        add(renewal.hold().token(), millis(renewal.ttl()));
    }

    String[] array() {
        return this.values;
    }

    private static String flag(boolean value) {
        return value ? "1" : "0";
    }
}
