package io.distlock.core;

import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.driver.LockKey;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.jetbrains.lincheck.util.LoggingLevel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Callers of two instances want, get, give back and give up one key at once, in every order that Lincheck finds. */
@Isolated("Lincheck looks through every class that is loaded meanwhile")
class KeyLineTests {

    /** Orders that are tried of each meeting: nearly every switch from one to the other is among them. */
    private static final int ORDERS = 60;

    /** Milliseconds for one order on a busy machine, where looking through new classes takes seconds. */
    private static final long PATIENCE = 60_000;

    /** What belongs to one caller or to the timer, so that switching there shows nothing. */
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
            Duration.class);

    /** Who is there before, and what two do at once. Callers 0 to 2 are of one instance, 3 of another. */
    private static final List<ExecutionScenario> MEETINGS = List.of(
            meeting(List.of(), want(0), want(3)),
            meeting(List.of(want(0)), giveBackOrUp(0), want(1)),
            meeting(List.of(want(0), want(1)), giveBackOrUp(0), giveBackOrUp(1)),
            meeting(List.of(want(0), want(1)), giveBackOrUp(0), timeIsOver(1)),
            meeting(List.of(want(0), want(1)), giveBackOrUp(0), tryOnce(0)),
            meeting(List.of(want(3), want(0)), giveBackOrUp(3), giveBackOrUp(0)),
            meeting(List.of(want(3), want(0)), giveBackOrUp(3), timeIsOver(0)),
            meeting(List.of(want(3), want(0), want(1)), giveBackOrUp(3), giveBackOrUp(0)),
            meeting(List.of(want(0), want(1), want(3)), giveBackOrUp(0), giveBackOrUp(1)));

    @Test
    void nobodyIsForgottenAndNoTwoHoldAtOnce() {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .logLevel(LoggingLevel.ERROR)
                .iterations(0)
                .invocationsPerIteration(ORDERS)
                .invocationTimeout$lincheck(PATIENCE)
                .minimizeFailedScenario(false)
                .verifier(EpsilonVerifier.class);
        BESIDE_THE_LINE.forEach(type -> options.addGuarantee(ManagedStrategyGuaranteeKt.forClasses(type.getName())
                .allMethods()
                .ignore()));
        MEETINGS.forEach(options::addCustomScenario);
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

    /** Three callers in one instance and one in another. */
    public static final class Callers {

        private static final Field LINES = lines();

        private static final LockKey KEY = new LockKey("", "orders");

        private static final Demand PATIENT = demand(LockRequest.of("orders").waitFor(OneKeyStore.EVER));

        private static final Demand TRY = demand(LockRequest.of("orders").waitFor(Duration.ZERO));

        private final OneKeyStore store = new OneKeyStore();

        private final Desk first = this.store.instance("first");

        private final Desk second = this.store.instance("second");

        private final Caller[] callers = {
            new Caller(this.first), new Caller(this.first), new Caller(this.first), new Caller(this.second)
        };

        /** Whoever holds, and the first thing that went wrong. */
        private final AtomicReference<@Nullable KeyLease> held = new AtomicReference<>();

        private final AtomicReference<@Nullable String> wrong = new AtomicReference<>();

        private static Field lines() {
            try {
                Field lines = Desk.class.getDeclaredField("keyLines");
                lines.setAccessible(true);
                return lines;
            } catch (NoSuchFieldException ex) {
                throw new IllegalStateException(ex);
            }
        }

        private static Demand demand(LockRequest request) {
            return Demand.of(
                    request,
                    OneKeyStore.EVER,
                    LockerSettings.defaults(),
                    new Details(new Instance("", ""), Map.of(), null));
        }

        @Operation
        public void want(@Param(gen = IntGen.class) int caller) {
            this.callers[caller].want();
        }

        @Operation
        public void giveBackOrUp(@Param(gen = IntGen.class) int caller) {
            this.callers[caller].giveBackOrUp();
        }

        @Operation
        public void timeIsOver(@Param(gen = IntGen.class) int caller) {
            this.callers[caller].timeIsOver();
        }

        @Operation
        public void tryOnce(@Param(gen = IntGen.class) int desk) {
            Waiter once = new Waiter(TRY, (self, answer) -> {
                if (answer instanceof Answer.Granted granted) {
                    taken(granted.lease());
                    givenBack(granted.lease());
                } else if (!(answer instanceof Answer.Refused refused && refused.reason() == Reason.BUSY)) {
                    this.wrong.compareAndSet(null, "a try was answered " + answer);
                }
            });
            (desk == 0 ? this.first : this.second).enter(KEY, once);
        }

        private void taken(KeyLease lease) {
            if (!this.held.compareAndSet(null, lease)) {
                this.wrong.compareAndSet(null, "two hold at once");
            }
            if (!lease.holding().hold().token().equals(this.store.holder())) {
                this.wrong.compareAndSet(null, "holds what the store gave to " + this.store.holder());
            }
        }

        private void givenBack(KeyLease lease) {
            if (!this.held.compareAndSet(lease, null)) {
                this.wrong.compareAndSet(null, "two held at once");
            }
            lease.release();
        }

        /** When all is quiet: somebody holds if anybody waits; and when all have left, nothing is left of them. */
        @Validate
        public void nobodyIsForgottenAndNothingStays() {
            check(this.wrong.get() == null, this.wrong.get());
            boolean free = this.store.holder() == null;
            check(free == (this.held.get() == null), "the store and the callers disagree whether it is held");
            check(free == areAllIdle(), "somebody waits for a free key, or holds it without wanting it");
            check(isRight(this.first, 0, 3) && isRight(this.second, 3, 4), "an instance knows not what its callers do");
            while (!areAllIdle()) {
                for (Caller caller : this.callers) {
                    caller.giveBackOrUp();
                }
            }
            check(this.wrong.get() == null, this.wrong.get());
            check(this.store.isEmpty(), "something stays in the store");
            check(isForgottenBy(this.first) && isForgottenBy(this.second), "something stays in an instance");
            this.first.close();
            this.second.close();
        }

        /** The instance of these callers holds if one of them does, and stands in line only for one who waits. */
        private boolean isRight(Desk desk, int from, int to) {
            boolean holds = false;
            boolean waits = false;
            for (int i = from; i < to; i++) {
                State state = this.callers[i].state.get();
                holds |= state instanceof Holds;
                waits |= state instanceof Waiting;
            }
            return desk.held().isEmpty() != holds && (waits || !this.store.isInLine(from == 0 ? "first" : "second"));
        }

        private boolean areAllIdle() {
            for (Caller caller : this.callers) {
                if (!caller.isIdle()) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isForgottenBy(Desk desk) {
            try {
                return ((Map<?, ?>) LINES.get(desk)).isEmpty();
            } catch (IllegalAccessException ex) {
                throw new IllegalStateException(ex);
            }
        }

        /** Without a library, which would be looked through, too. */
        private static void check(boolean right, @Nullable String otherwise) {
            if (!right) {
                throw new IllegalStateException(otherwise);
            }
        }

        private final class Caller {

            private final Desk desk;

            private final AtomicReference<State> state = new AtomicReference<>(new Idle());

            private Caller(Desk desk) {
                this.desk = desk;
            }

            boolean isIdle() {
                return this.state.get() instanceof Idle;
            }

            void want() {
                State before = this.state.get();
                if (!(before instanceof Idle)) {
                    return;
                }
                Coming coming = new Coming();
                if (this.state.compareAndSet(before, coming)) {
                    Waiter waiter = new Waiter(PATIENT, (self, answer) -> answered(answer));
                    KeyLine line = this.desk.enter(KEY, waiter);
                    this.state.compareAndSet(coming, new Waiting(line, waiter));
                }
            }

            private void answered(Answer answer) {
                if (answer instanceof Answer.Granted granted) {
                    taken(granted.lease());
                    this.state.set(new Holds(granted.lease()));
                } else if (answer instanceof Answer.Refused refused && refused.reason() == Reason.BUSY) {
                    this.state.set(new Idle());
                } else if (!(answer instanceof Answer.Left)) {
                    Callers.this.wrong.compareAndSet(null, "a waiter was answered " + answer);
                }
            }

            void giveBackOrUp() {
                State before = this.state.get();
                if (before instanceof Holds holds && this.state.compareAndSet(before, new Going())) {
                    givenBack(holds.lease);
                    this.state.set(new Idle());
                } else if (before instanceof Waiting waiting && waiting.waiter.answer(new Answer.Left())) {
                    waiting.line.gone(waiting.waiter);
                    this.state.set(new Idle());
                }
            }

            void timeIsOver() {
                if (this.state.get() instanceof Waiting waiting) {
                    waiting.line.lastCall(waiting.waiter);
                }
            }
        }

        private sealed interface State {}

        private record Idle() implements State {}

        private static final class Coming implements State {}

        private record Waiting(KeyLine line, Waiter waiter) implements State {}

        private record Holds(KeyLease lease) implements State {}

        private static final class Going implements State {}
    }
}
