package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Belief while answers and those who shorten it come at once. */
@Isolated("Lincheck looks through every class that is loaded meanwhile")
class BeliefChangesTests {

    private static final List<ExecutionScenario> MEETINGS = List.of(
            meeting(actor("lengthen", 5, 0), actor("shorten", 1)),
            meeting(actor("set", 5, 0), actor("shorten", 1)),
            meeting(actor("shorten", 1), actor("shorten", 2)),
            meeting(actor("lengthen", 5, 0), actor("lengthen", 4, 0)),
            meeting(actor("lengthen", 5, 0), actor("set", 2, 0)));

    @Test
    void eachChangeIsOneStep() {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .logLevel(LoggingLevel.ERROR)
                .iterations(0)
                .invocationsPerIteration(100)
                .minimizeFailedScenario(false);
        MEETINGS.forEach(options::addCustomScenario);
        options.check(Changes.class);
    }

    /** Two at once, and what is left of it. */
    private static ExecutionScenario meeting(Actor one, Actor other) {
        return new ExecutionScenario(
                List.of(),
                List.of(List.of(one), List.of(other)),
                List.of(actor("deadline"), actor("confirmed"), actor("epoch")),
                null);
    }

    private static Actor actor(String name, Integer... arguments) {
        for (Method method : Changes.class.getMethods()) {
            if (method.getName().equals(name)) {
                return new Actor(method, List.of(arguments));
            }
        }
        throw new IllegalArgumentException(name);
    }

    @Test
    void whatWasSentBeforeItWasShortenedDoesNotLengthenIt() {
        Belief belief = new Belief(100, 0);
        assertThat(belief.shorten(50)).isTrue();
        belief.lengthen(200, 10, 0);
        belief.set(200, 10, 0);
        assertThat(belief.deadline()).isEqualTo(50);
        belief.lengthen(200, 20, belief.epoch());
        assertThat(belief.deadline()).isEqualTo(200);
        assertThat(belief.shorten(300)).isFalse();
        assertThat(belief.deadline()).isEqualTo(200);
    }

    @Test
    void aRenewalOnlyLengthensAndTheLastConfirmationCounts() {
        Belief belief = new Belief(100, 20);
        belief.lengthen(90, 10, 0);
        assertThat(belief.deadline()).isEqualTo(100);
        assertThat(belief.confirmed()).isEqualTo(20);
        belief.set(90, 30, 0);
        assertThat(belief.deadline()).isEqualTo(90);
        assertThat(belief.confirmed()).isEqualTo(30);
    }

    /** What Lincheck calls in every order, and compares with one call after the other. */
    public static final class Changes {

        private final Belief belief = new Belief(3, 0);

        @Operation
        public void lengthen(@Param(gen = IntGen.class) int deadline, @Param(gen = IntGen.class) int epoch) {
            this.belief.lengthen(deadline, deadline, epoch);
        }

        @Operation
        public void set(@Param(gen = IntGen.class) int deadline, @Param(gen = IntGen.class) int epoch) {
            this.belief.set(deadline, deadline, epoch);
        }

        @Operation
        public boolean shorten(@Param(gen = IntGen.class) int latest) {
            return this.belief.shorten(latest);
        }

        @Operation
        public long deadline() {
            return this.belief.deadline();
        }

        @Operation
        public long confirmed() {
            return this.belief.confirmed();
        }

        @Operation
        public int epoch() {
            return this.belief.epoch();
        }
    }
}
