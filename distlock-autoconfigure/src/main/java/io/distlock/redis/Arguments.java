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
    static final int START = 2;

    static final int QUESTION = 6;

    static final int RELEASE = 3;

    static final int RENEWAL = 3;

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
        add(claim, "");
    }

    /** @param stands whether it stands in line if it is busy */
    void add(Question question, boolean stands, boolean listens) {
        String place = flag(stands) + flag(listens) + " " + question.number() + " " + millis(question.aliveFor()) + " "
                + question.member();
        add(question.claim(), place);
    }

    private void add(Claim claim, String place) {
        Hold hold = claim.hold();
        add(
                hold.token(),
                hold.attempt(),
                millis(claim.ttl()),
                Integer.toString(claim.fences()),
                claim.details(),
                claim.isShared() ? "p" + claim.permits() + " " + place : place);
    }

    void add(Release release) {
        boolean kept = !release.keepFor().isZero();
        add(release.hold().token(), release.hold().attempt(), kept ? "0 " + millis(release.keepFor()) + " " : "");
    }

    /** For a claim that ends unheard: later questions of the attempt are refused. */
    void addLeaving(Question question) {
        Hold hold = question.claim().hold();
        add(hold.token(), hold.attempt(), "1 0 " + question.member());
    }

    void add(Renewal renewal) {
        add(renewal.hold().token(), renewal.hold().attempt(), millis(renewal.ttl()));
    }

    String[] array() {
        return this.values;
    }

    private static String flag(boolean value) {
        return value ? "1" : "0";
    }
}
