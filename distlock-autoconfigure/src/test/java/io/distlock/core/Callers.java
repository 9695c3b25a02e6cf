package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.ReleaseOutcome;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;

/**
 * Those who meet in {@link KeyLineTests}, each of whom wants one key, gets it, and gives it back or up; and what must be so
 * when all is quiet. Callers 0 to 2 are of instance 0, 3 of instance 1; 4 and 5 of one in which only one may wait, and which
 * must be opened.
 */
public final class Callers {

    private static final String KEY = "orders";

    private static final LockRequest REQUEST = LockRequest.of(KEY).waitFor(OneKeyStore.EVER);

    private static final Demand PATIENT = demand(REQUEST, OneKeyStore.EVER);

    private static final Demand OWN = demand(REQUEST.token("own"), OneKeyStore.EVER);

    private static final Demand BRIEF = demand(REQUEST, Duration.ofDays(1));

    private static final Demand TRY = demand(REQUEST.waitFor(Duration.ZERO), OneKeyStore.EVER);

    private final OneKeyStore store = new OneKeyStore();

    private final @Nullable Desk[] desks = new Desk[3];

    private final Caller[] callers = {
        new Caller(0), new Caller(0), new Caller(0), new Caller(1), new Caller(2), new Caller(2)
    };

    /** Whoever took it last and has not given it back. */
    private final AtomicReference<@Nullable KeyLease> held = new AtomicReference<>();

    /** Whichever was given back last. */
    private final AtomicReference<@Nullable KeyLease> returned = new AtomicReference<>();

    /** The first thing that went wrong. */
    private final AtomicReference<@Nullable String> wrong = new AtomicReference<>();

    private static Demand demand(LockRequest request, Duration ttl) {
        return Demand.of(
                request,
                Terms.of(request, ttl, LockerSettings.defaults()),
                new Details(new Instance("", ""), Map.of(), null));
    }

    public Callers() {
        open(0);
        open(1);
    }

    @Operation
    public void open(@Param(gen = IntGen.class) int desk) {
        Desk opened = this.store.instance("instance " + desk, 3, desk == 2 ? 1 : 0);
        opened.ticker().close(); // whose thread Lincheck does not know: it comes by when a scenario says so
        this.desks[desk] = opened;
    }

    private Desk desk(int number) {
        return Objects.requireNonNull(this.desks[number]);
    }

    @Operation
    public void want(@Param(gen = IntGen.class) int caller) {
        this.callers[caller].want(PATIENT);
    }

    @Operation
    public void wantOwn(@Param(gen = IntGen.class) int caller) {
        this.callers[caller].want(OWN);
    }

    @Operation
    public void wantBriefly(@Param(gen = IntGen.class) int caller) {
        this.callers[caller].want(BRIEF);
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
    public void lose(@Param(gen = IntGen.class) int caller) {
        this.callers[caller].lose();
    }

    @Operation
    public void timerComesBy(@Param(gen = IntGen.class) int desk) {
        desk(desk).here().endOfRest();
    }

    @Operation
    public void delayMessages() {
        this.store.delayMessages();
    }

    @Operation
    public void deliver() {
        this.store.deliver();
    }

    @Operation
    public void close() {
        desk(0).refuseFromNowOn();
    }

    @Operation
    public void tryOnce(@Param(gen = IntGen.class) int desk) {
        Waiter once = new Waiter(TRY, (self, answer) -> {
            if (answer instanceof KeyLease lease) {
                taken(lease);
                givenBack(lease);
            } else if (!(answer instanceof Answer.Refused refused && refused.reason() == Reason.BUSY)) {
                isWrong("a try was answered " + answer);
            }
        });
        desk(desk).here().enter(KEY, once);
    }

    private void isWrong(String fact) {
        this.wrong.compareAndSet(null, fact);
    }

    private void taken(KeyLease lease) {
        KeyLease before = this.held.getAndSet(lease);
        if (before != null && before.loss() == null) {
            isWrong("two hold at once");
        }
        if (!lease.holding().hold().token().equals(this.store.holder())) {
            isWrong("holds what the store gave to " + this.store.holder());
        }
    }

    private void givenBack(KeyLease lease) {
        if (!this.held.compareAndSet(lease, null) && lease.loss() == null) {
            isWrong("two held at once");
        }
        lease.letGo(lease.holding().line().desk().ending());
        this.returned.set(lease);
    }

    private boolean isLossOfWhatWasReleased() {
        KeyLease lease = this.returned.get();
        return lease != null
                && lease.loss() != null
                && lease.outcomeToCome().getNow(ReleaseOutcome.UNKNOWN) == ReleaseOutcome.RELEASED;
    }

    /** When all is quiet: somebody holds if anybody waits; and when all have left, nothing is left of them. */
    @Validate
    public void nobodyIsForgottenAndNothingStays() {
        this.store.deliver();
        check(this.wrong.get() == null, this.wrong.get());
        check(!isLossOfWhatWasReleased(), "told of the loss of what was released in time");
        boolean free = this.store.holder() == null;
        check(free == areAllIdle(), "somebody waits for a free key, or holds it without wanting it");
        for (int i = 0; i < this.desks.length; i++) {
            check(this.desks[i] == null || isRight(i), "an instance knows not what its callers do");
        }
        while (!areAllIdle()) {
            for (Caller caller : this.callers) {
                caller.giveBackOrUp();
                this.store.deliver();
            }
        }
        check(this.wrong.get() == null, this.wrong.get());
        check(this.store.isEmpty(), "something stays in the store");
        for (Desk desk : this.desks) {
            if (desk != null) {
                // whoever came while a line rested leaves it resting once more
                desk.here().endOfRest();
                desk.here().endOfRest();
                check(KeyLines.isEmpty(desk), "something stays in an instance");
                desk.close();
            }
        }
    }

    /** An instance holds if one of its callers does, and stands in line only for one who waits. */
    private boolean isRight(int desk) {
        boolean holds = false;
        boolean waits = false;
        for (Caller caller : this.callers) {
            State state = caller.state.get();
            holds |= caller.desk == desk && state instanceof Holds held && held.lease.loss() == null;
            waits |= caller.desk == desk && state instanceof Waiting;
        }
        return KeyLines.isAnyHeld(desk(desk)) == holds && (waits || !this.store.isInLine("instance " + desk));
    }

    private boolean areAllIdle() {
        for (Caller caller : this.callers) {
            if (!(caller.state.get() instanceof Idle)) {
                return false;
            }
        }
        return true;
    }

    /** Without a library, which would be looked through, too. */
    private static void check(boolean right, @Nullable String otherwise) {
        if (!right) {
            throw new IllegalStateException(otherwise);
        }
    }

    private final class Caller {

        private final int desk;

        private final AtomicReference<State> state = new AtomicReference<>(new Idle());

        private Caller(int desk) {
            this.desk = desk;
        }

        void want(Demand demand) {
            State before = this.state.get();
            if (!(before instanceof Idle)) {
                return;
            }
            Coming coming = new Coming();
            if (this.state.compareAndSet(before, coming)) {
                Waiter waiter = new Waiter(demand, (self, answer) -> answered(answer));
                KeyLine line = desk(this.desk).here().enter(KEY, waiter);
                this.state.compareAndSet(coming, new Waiting(line, waiter));
            }
        }

        private void answered(Answer answer) {
            if (answer instanceof KeyLease lease) {
                taken(lease);
                this.state.set(new Holds(lease));
            } else if (answer instanceof Answer.Refused refused && isNo(refused.reason())) {
                this.state.set(new Idle());
            } else if (!(answer instanceof Answer.Left)) {
                isWrong("a waiter was answered " + answer);
            }
        }

        private boolean isNo(Reason reason) {
            return reason == Reason.BUSY
                    || reason == Reason.SHED && this.desk == 2
                    || reason == Reason.CLOSED && desk(this.desk).isClosed();
        }

        void giveBackOrUp() {
            State before = this.state.get();
            if (before instanceof Holds holds && this.state.compareAndSet(before, new Idle())) {
                givenBack(holds.lease);
            } else if (before instanceof Waiting waiting && waiting.waiter.answer(new Answer.Left())) {
                waiting.line.admitting().gone(waiting.waiter);
                this.state.set(new Idle());
            }
        }

        void lose() {
            if (this.state.get() instanceof Holds holds) {
                Holding holding = holds.lease.holding();
                holding.line().lost(holding, LockLost.Reason.EXPIRED);
            }
        }

        void timeIsOver() {
            if (this.state.get() instanceof Waiting waiting) {
                waiting.line.admitting().lastCall(waiting.waiter);
            }
        }
    }

    private sealed interface State {}

    private record Idle() implements State {}

    private static final class Coming implements State {}

    private record Waiting(KeyLine line, Waiter waiter) implements State {}

    private record Holds(KeyLease lease) implements State {}
}
