package io.distlock.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AttemptsTests {

    private final Attempts attempts = new Attempts();

    @Test
    void theLastEightAreKept() {
        add(20, false);

        assertThat(kept(20)).containsExactly("a12", "a13", "a14", "a15", "a16", "a17", "a18", "a19");
    }

    @Test
    void ofSharersTheLastHundredAreKept() {
        add(120, true);

        assertThat(kept(120)).hasSize(100).startsWith("a20").endsWith("a119");
    }

    @Test
    void afterSharersNoMoreAreKeptThanOfOneAlone() {
        add(30, true);
        this.attempts.add("alone", false);

        assertThat(kept(30)).containsExactly("a23", "a24", "a25", "a26", "a27", "a28", "a29");
        assertThat(this.attempts.contains("alone")).isTrue();
    }

    @Test
    void oneThatIsRemovedLeavesTheOthers() {
        add(5, false);

        this.attempts.remove("a2");
        this.attempts.remove("unknown");

        assertThat(kept(5)).containsExactly("a0", "a1", "a3", "a4");
    }

    @Test
    void textsOfTheSameHashAreToldApart() {
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        this.attempts.add("Aa", false);

        assertThat(this.attempts.contains("BB")).isFalse();
        this.attempts.add("BB", false);
        this.attempts.remove("Aa");
        assertThat(this.attempts.contains("BB")).isTrue();
    }

    private void add(int count, boolean shared) {
        IntStream.range(0, count).forEach(number -> this.attempts.add("a" + number, shared));
    }

    private Stream<String> kept(int added) {
        return IntStream.range(0, added).mapToObj(number -> "a" + number).filter(this.attempts::contains);
    }
}
