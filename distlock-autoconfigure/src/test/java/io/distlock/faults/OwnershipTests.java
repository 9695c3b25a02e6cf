package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The judge is judged first. */
class OwnershipTests {

    private static final String LOCK = "\"distlock:orders\"";

    private final Ownership ownership = new Ownership();

    @Test
    void anOwnerMayLengthenAndEndWhatItHolds() {
        granted(100, "mine", 1500);
        script(101, "mine");
        lua(101, "\"pexpire\" " + LOCK + " \"1500\"");
        script(102, "mine");
        lua(102, "\"del\" " + LOCK);
        granted(103, "next", 1500);
        assertThat(this.ownership.violations()).isEmpty();
        assertThat(this.ownership.changes()).isEqualTo(4);
    }

    @Test
    void aReleaseMayHandItOn() {
        granted(100, "mine", 1500);
        script(101, "mine");
        lua(101, "\"del\" " + LOCK);
        lua(101, "\"set\" " + LOCK + " \"next\" \"PX\" \"1500\"");
        assertThat(this.ownership.violations()).isEmpty();
    }

    @Test
    void whoeverDeletesWhatAnotherHoldsIsFound() {
        granted(100, "mine", 1500);
        script(101, "another");
        lua(101, "\"del\" " + LOCK);
        assertThat(this.ownership.violations()).hasSize(1);
    }

    @Test
    void whoeverLengthensWhatAnotherHoldsIsFound() {
        granted(100, "mine", 1500);
        script(101, "another");
        lua(101, "\"pexpire\" " + LOCK + " \"1500\"");
        assertThat(this.ownership.violations()).hasSize(1);
    }

    @Test
    void whoeverOverwritesWhatAnotherHoldsIsFound() {
        granted(100, "mine", 1500);
        granted(101.4, "another", 1500);
        assertThat(this.ownership.violations()).hasSize(1);
    }

    @Test
    void whatIsOnlySetWhereNobodyHoldsItIsSetThenAlone() {
        script(100, "mine");
        lua(100, "\"set\" " + LOCK + " \"mine\" \"NX\" \"PX\" \"1500\"");
        script(101, "another");
        lua(101, "\"set\" " + LOCK + " \"another\" \"NX\" \"PX\" \"1500\"");
        assertThat(this.ownership.violations()).isEmpty();
        lua(101.4, "\"del\" " + LOCK);
        assertThat(this.ownership.violations()).hasSize(1);
    }

    @Test
    void aQuestionWhetherOneMayWriteChangesNothing() {
        granted(100, "mine", 1500);
        script(101, "another");
        lua(101, "\"set\" " + LOCK + " \"\" \"XX\"");
        lua(101.4, "\"del\" " + LOCK);
        assertThat(this.ownership.violations()).hasSize(1);
    }

    @Test
    void whatIsOverMayBeTaken() {
        granted(100, "mine", 1500);
        granted(101.6, "another", 1500);
        assertThat(this.ownership.violations()).isEmpty();
    }

    @Test
    void whatATestDeletesIsFree() {
        granted(100, "mine", 1500);
        this.ownership.hear("100.5 [0 127.0.0.1:2] \"EVAL\" \"" + Ownership.BY_THE_TEST + " redis.call('del')\" \"0\"");
        lua(100.5, "\"del\" " + LOCK);
        granted(100.6, "another", 1500);
        this.ownership.hear("100.7 [0 127.0.0.1:2] \"FLUSHALL\"");
        granted(100.8, "third", 1500);
        assertThat(this.ownership.violations()).isEmpty();
    }

    @Test
    void whatWasMissedIsNotGuessedAt() {
        granted(100, "mine", 1500);
        this.ownership.forget();
        granted(101, "another", 1500);
        assertThat(this.ownership.violations()).isEmpty();
    }

    private void granted(double time, String token, int ttl) {
        script(time, token);
        lua(time, "\"set\" " + LOCK + " \"" + token + "\" \"PX\" \"" + ttl + "\"");
    }

    private void script(double time, String token) {
        this.ownership.hear(time + " [0 127.0.0.1:1] \"EVALSHA\" \"digest\" \"4\" " + LOCK + " \"details\\nmore\" \""
                + token + "\"");
    }

    private void lua(double time, String command) {
        this.ownership.hear(time + " [0 lua] " + command);
    }
}
