package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens never repeat, however many are made and by whichever generator of one instance. */
class RandomTokensTests {

    /** Several times as many as are drawn at once. */
    private static final int MANY = 1000;

    private final Instance instance = new Instance("orders@host/1", "0123456789ab");

    @Test
    void noTwoAreTheSame() {
        List<String> tokens = new ArrayList<>();
        for (RandomTokens made : List.of(new RandomTokens(this.instance), new RandomTokens(this.instance))) {
            for (int i = 0; i < MANY; i++) {
                tokens.add(made.generate("k"));
            }
        }
        assertThat(tokens).doesNotHaveDuplicates().allMatch(token -> token.matches("orders@host/1:[A-Za-z0-9_-]{22}"));
    }
}
