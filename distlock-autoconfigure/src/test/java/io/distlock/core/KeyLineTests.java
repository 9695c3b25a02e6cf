package io.distlock.core;

import io.distlock.LockRequest;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Callers of two instances want, get, give back and give up one key at once, in every order that Lincheck finds. */
@Isolated("Lincheck looks through every class that is loaded meanwhile")
class KeyLineTests {

    /** Milliseconds for one order on a busy machine, where looking through new classes takes seconds. */
    private static final long PATIENCE = 180_000;

    /** What belongs to one caller, to the timer or to these tests, so that switching there shows nothing. */
    private static final List<Class<?>> BESIDE_THE_LINE = List.of(
            Ticker.class,
            Clocks.class,
            Tellers.class,
            AskingAgain.class,
            KeepAlive.class,
            Demand.class,
            LockRequest.class,
            LockerSettings.class,
            Instance.class,
            Validity.class,
            States.class,
            PassRule.class,
            Belief.class,
            KeyLines.class,
            Duration.class);

    /** Orders that are tried of each meeting in every build: with a few nothing shows, even without the gate. */
    private static final int SOME = 20;

    /** Nearly every switch from one to the other is among so many. */
    private static final int MANY = 60;

    /** Who is there before, and what two do at once. A caller's number says of which instance it is: {@link Callers}. */
    private static final List<ExecutionScenario> USUAL = List.of(
            meeting(List.of(want(0)), giveBackOrUp(0), want(1)),
            meeting(List.of(want(0), want(1)), giveBackOrUp(0), timeIsOver(1)),
            meeting(List.of(want(0), want(1), want(3)), giveBackOrUp(0), giveBackOrUp(1)),
            meeting(List.of(want(3), want(0), want(1)), giveBackOrUp(3), giveBackOrUp(0)),
            // a hold is lost while it is passed on
            meeting(List.of(want(0), want(1)), lose(0), giveBackOrUp(0)),
            // or while it is given back
            meeting(List.of(want(0)), lose(0), giveBackOrUp(0)),
            // a line rests, and is wanted again when its rest is over
            meeting(List.of(want(0), giveBackOrUp(0)), timerComesBy(0), want(1)),
            // a message comes late beside an answer, or twice
            meeting(
                    List.of(want(3), want(0), actor("delayMessages"), giveBackOrUp(3)),
                    actor("deliver"),
                    timeIsOver(0)),
            meeting(
                    List.of(want(3), want(0), want(1), actor("delayMessages"), giveBackOrUp(3), actor("deliver")),
                    actor("deliver"),
                    giveBackOrUp(0)));

    private static final List<ExecutionScenario> RARER = List.of(
            meeting(List.of(), want(0), want(3)),
            meeting(List.of(want(0), want(1)), giveBackOrUp(0), tryOnce(0)),
            meeting(List.of(want(3), want(0)), giveBackOrUp(3), giveBackOrUp(0)),
            meeting(List.of(want(3), want(0)), giveBackOrUp(3), timeIsOver(0)),
            // a hold is lost while the next one leaves
            meeting(List.of(want(0), want(1)), lose(0), giveBackOrUp(1)),
            // a line comes to rest for the second time, or for the last
            meeting(List.of(want(0), giveBackOrUp(0), want(1)), timerComesBy(0), giveBackOrUp(1)),
            meeting(List.of(want(0), giveBackOrUp(0)), timerComesBy(0), actor("close")),
            // one brings a token along
            meeting(List.of(want(0), want(1), wantOwn(2)), giveBackOrUp(0), giveBackOrUp(1)),
            meeting(List.of(want(3), wantOwn(0), want(1)), giveBackOrUp(3), giveBackOrUp(0)),
            // what was granted is too short for the next, who leaves, or has no more time, or is refused at the end
            meeting(List.of(want(3), wantBriefly(0), want(1), giveBackOrUp(0)), giveBackOrUp(3), giveBackOrUp(1)),
            meeting(List.of(want(3), wantBriefly(0), want(1), giveBackOrUp(0)), giveBackOrUp(3), timeIsOver(1)),
            meeting(List.of(want(3), wantBriefly(0), want(1), giveBackOrUp(0)), giveBackOrUp(3), actor("close")),
            // only one may wait
            meeting(List.of(want(3), actor("open", 2), want(4)), giveBackOrUp(4), want(5)),
            // the end
            meeting(List.of(want(3)), actor("close"), want(0)),
            meeting(List.of(want(3), want(0)), actor("close"), giveBackOrUp(3)));

    @Test
    void nobodyIsForgottenAndNoTwoHoldAtOnce() {
        meet(USUAL, SOME);
    }

    @Test
    @Tag("faults")
    void norInRarerMeetingsAndMoreOrders() {
        meet(Stream.concat(USUAL.stream(), RARER.stream()).toList(), MANY);
    }

    /** In one go, since to look through all classes takes as long as many orders do. */
    private static void meet(List<ExecutionScenario> meetings, int orders) {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .logLevel(LoggingLevel.ERROR)
                .iterations(0)
                .invocationsPerIteration(orders)
                .invocationTimeout$lincheck(PATIENCE)
                .minimizeFailedScenario(false)
                .verifier(EpsilonVerifier.class);
        BESIDE_THE_LINE.forEach(type -> options.addGuarantee(ManagedStrategyGuaranteeKt.forClasses(type.getName())
                .allMethods()
                .ignore()));
        meetings.forEach(options::addCustomScenario);
        options.check(Callers.class);
    }

    private static ExecutionScenario meeting(List<Actor> before, Actor one, Actor other) {
        return new ExecutionScenario(
                before, List.of(List.of(one), List.of(other)), List.of(), actor("nobodyIsForgottenAndNothingStays"));
    }

    private static Actor want(int caller) {
        return actor("want", caller);
    }

    private static Actor giveBackOrUp(int caller) {
        return actor("giveBackOrUp", caller);
    }

    private static Actor timeIsOver(int caller) {
        return actor("timeIsOver", caller);
    }

    private static Actor timerComesBy(int desk) {
        return actor("timerComesBy", desk);
    }

    private static Actor wantOwn(int caller) {
        return actor("wantOwn", caller);
    }

    private static Actor wantBriefly(int caller) {
        return actor("wantBriefly", caller);
    }

    private static Actor lose(int caller) {
        return actor("lose", caller);
    }

    private static Actor tryOnce(int desk) {
        return actor("tryOnce", desk);
    }

    private static Actor actor(String name, Integer... arguments) {
        for (Method method : Callers.class.getMethods()) {
            if (method.getName().equals(name)) {
                return new Actor(method, List.of(arguments));
            }
        }
        throw new IllegalArgumentException(name);
    }
}
