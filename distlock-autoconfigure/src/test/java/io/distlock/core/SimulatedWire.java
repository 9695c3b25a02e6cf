package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The way from one machine to the store and back, on which commands, replies and messages are lost, late, doubled, in any order. */
final class SimulatedWire implements LineDriver {

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

    private final SimulatedWorld world;

    private final SimulatedStore store;

    private SimulatedNetwork network;

    private final SimulatedMachine machine;

    private final Duration timeout;

    private @Nullable Consumer<Grant> listener;

    private @Nullable Consumer<Hold> beforeEnd;

    private boolean troubled;

    private long lastArrival;

    SimulatedWire(
            SimulatedWorld world,
            SimulatedStore store,
            SimulatedNetwork network,
            SimulatedMachine machine,
            Duration timeout) {
        this.world = world;
        this.store = store;
        this.network = network;
        this.machine = machine;
        this.timeout = timeout;
    }

    void heal() {
        this.network = SimulatedNetwork.healthy();
    }

    /** @param check told of every hold that is to be ended, before that is sent */
    void beforeEnd(Consumer<Hold> check) {
        this.beforeEnd = check;
    }

    /** Whether any command has failed so far. */
    boolean wasTroubled() {
        return this.troubled;
    }

    /** When the last command arrives of those that were sent so far. */
    long lastArrival() {
        return this.lastArrival;
    }

    // ---- the way ----

    private <T> CompletableFuture<T> send(
            Object what, Duration timeout, Function<LineDriver, CompletionStage<T>> question) {
        return send(what, timeout, question, UnaryOperator.identity());
    }

    /** @param again what the answer to a command is worth that was sent twice */
    private <T> CompletableFuture<T> send(
            Object what, Duration timeout, Function<LineDriver, CompletionStage<T>> question, UnaryOperator<T> again) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        this.world.later(timeout.toNanos(), this.machine, () -> fail(answer, Kind.UNANSWERED, what));
        if (this.store.isAway() && this.world.happens(0.5)) {
            fail(answer, Kind.UNREACHABLE, what);
            return answer;
        }
        if (this.world.happens(this.network.refused())) {
            Kind kind = this.world.happens(0.2) ? Kind.MISCONFIGURED : Kind.REFUSED;
            this.world.later(way(), this.machine, () -> fail(answer, kind, what));
            return answer;
        }
        if (this.world.happens(this.network.doubled())) {
            // sent again, since the connection broke before the answer came; what is late may be overtaken by that
            long way = way();
            travel(what, question, new CompletableFuture<>(), way);
            long next = way() + this.world.between(0, timeout.toNanos() / 4);
            travel(what, question, answer, this.network.late() > 0 ? next : Math.max(way + 1, next));
            return answer.thenApply(again);
        } else {
            travel(what, question, answer, way());
        }
        return answer;
    }

    private <T> void travel(
            Object what, Function<LineDriver, CompletionStage<T>> question, CompletableFuture<T> answer, long way) {
        if (this.world.happens(this.network.lost())) {
            this.world.tell("%s: lost on its way: %s", this.machine, what);
            return;
        }
        this.lastArrival = Math.max(this.lastArrival, this.world.now() + way);
        this.world.later(way, null, () -> arrive(what, question, answer, this.store.epoch()));
    }

    private long way() {
        return this.world.happens(this.network.late())
                ? this.world.between(0, this.network.latest())
                : this.world.between(10_000, this.network.usual());
    }

    /** @param epoch of the store when it got there: what waits there for an answer is lost with all the rest */
    private <T> void arrive(
            Object what, Function<LineDriver, CompletionStage<T>> question, CompletableFuture<T> answer, int epoch) {
        long away = this.store.backAt() - this.world.now();
        if (this.store.isAway() || epoch != this.store.epoch()) {
            return;
        }
        if (away > 0) {
            this.world.later(away, null, () -> arrive(what, question, answer, epoch));
            return;
        }
        T found = this.store.ask(this.machine, question);
        if (this.world.isTold()) {
            this.world.tell("%s: %s → %s", this.machine, what, shown(found));
        }
        if (this.world.happens(this.network.replyLost())) {
            this.world.tell("%s: its answer is lost", this.machine);
        } else {
            this.world.later(way(), this.machine, () -> answer.complete(found));
        }
    }

    private void fail(CompletableFuture<?> answer, Kind kind, Object what) {
        if (!answer.isDone()) {
            answer.completeExceptionally(new LockDriverException(kind, "simulated", null));
            this.troubled = true;
            this.world.tell("%s: %s: %s", this.machine, kind, what);
        }
    }

    /** As the driver over Redis has it. */
    private Duration timeout(Duration ttl) {
        Duration third = ttl.dividedBy(3);
        Duration useful = third.compareTo(SHORTEST_TIMEOUT) > 0 ? third : SHORTEST_TIMEOUT;
        return useful.compareTo(this.timeout) < 0 ? useful : this.timeout;
    }

    private Attempt noted(Claim claim, Attempt attempt) {
        if (attempt instanceof Attempt.Granted granted) {
            this.store.granted(claim.hold(), granted);
        }
        return attempt;
    }

    private void ending(Hold hold) {
        Consumer<Hold> check = this.beforeEnd;
        if (check != null) {
            check.accept(hold);
        }
    }

    private static Command what(String name, long number, Hold... holds) {
        return new Command(name, number, holds);
    }

    /** Written out only where it is told. */
    private record Command(String name, long number, Hold... holds) {

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(this.name);
            if (this.number > 0) {
                text.append(' ').append(this.number);
            }
            for (Hold hold : this.holds) {
                text.append(' ').append(hold.key().key()).append('/').append(hold.token());
                text.append('/').append(hold.attempt().substring(hold.attempt().indexOf('.') + 1));
            }
            return text.toString();
        }
    }

    private static Object shown(Object found) {
        return found instanceof Attempt.Busy busy
                ? "Busy[" + busy.token() + ", " + busy.freeIn().orElseThrow() + "]"
                : found;
    }

    // ---- messages ----

    @Override
    public CompletionStage<Void> listen(Consumer<Grant> listener) {
        this.listener = listener;
        return send("listen", this.timeout, driver -> driver.listen(this::carry));
    }

    void listenAgain() {
        if (this.listener != null) {
            this.store.ask(this.machine, driver -> driver.listen(this::carry));
        }
    }

    private void carry(Grant grant) {
        this.store.granted(grant);
        int times =
                this.world.happens(this.network.messageLost()) ? 0 : this.world.happens(this.network.doubled()) ? 2 : 1;
        this.world.tell("%s: %d messages of %s", this.machine, times, grant);
        for (int i = 0; i < times; i++) {
            this.world.later(way(), this.machine, () -> {
                Consumer<Grant> told = this.listener;
                if (told != null) {
                    told.accept(grant);
                }
            });
        }
    }

    // ---- commands ----

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        return send(
                what("acquire", 0, claim.hold()),
                timeout(claim.ttl()),
                driver -> driver.acquire(claim).thenApply(attempt -> noted(claim, attempt)));
    }

    @Override
    public CompletionStage<Attempt> line(Question question) {
        Claim claim = question.claim();
        return send(
                what("line", question.number(), claim.hold()),
                timeout(claim.ttl()),
                driver -> driver.line(question).thenApply(attempt -> noted(claim, attempt)));
    }

    @Override
    public List<CompletionStage<Attempt>> line(List<Question> questions) {
        return questions.stream().map(this::line).toList();
    }

    @Override
    public CompletionStage<Attempt> lastTry(Question question) {
        Claim claim = question.claim();
        return send(
                what("last try", question.number(), claim.hold()),
                timeout(claim.ttl()),
                driver -> driver.lastTry(question).thenApply(attempt -> noted(claim, attempt)));
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        ending(release.hold());
        return send(
                what("release", 0, release.hold()),
                this.timeout,
                driver -> driver.release(release),
                SimulatedWire::known);
    }

    @Override
    public CompletionStage<Handover> releaseAndLine(Release release, Question next) {
        ending(release.hold());
        return send(
                what(
                        "release and line",
                        next.number(),
                        release.hold(),
                        next.claim().hold()),
                this.timeout,
                driver -> driver.releaseAndLine(release, next).thenApply(both -> {
                    noted(next.claim(), both.next());
                    return both;
                }),
                both -> both.released() == Ownership.OURS ? both : new Handover(null, both.next()));
    }

    /** As the driver over Redis has it: a release that was sent twice may have forgotten what it did the first time. */
    private static Ownership known(Ownership found) {
        if (found != Ownership.OURS) {
            throw new LockDriverException(Kind.UNANSWERED, "simulated", null);
        }
        return found;
    }

    @Override
    public CompletionStage<Ownership> leave(Question question) {
        ending(question.claim().hold());
        return send(what("leave", 0, question.claim().hold()), this.timeout, driver -> driver.leave(question));
    }

    /** One request, which fails or succeeds as a whole. */
    @Override
    public List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
        CompletableFuture<List<Ownership>> all = send(
                what("renew", 0, renewals.stream().map(Renewal::hold).toArray(Hold[]::new)),
                this.timeout,
                driver -> CompletableFuture.completedFuture(driver.renew(renewals).stream()
                        .map(one -> one.toCompletableFuture().join())
                        .toList()));
        List<CompletionStage<Ownership>> each = new ArrayList<>();
        for (int i = 0; i < renewals.size(); i++) {
            int index = i;
            each.add(all.thenApply(found -> found.get(index)));
        }
        return each;
    }

    @Override
    public CompletionStage<Optional<Duration>> ttl(Hold hold) {
        return send(what("ttl", 0, hold), this.timeout, driver -> driver.ttl(hold));
    }

    @Override
    public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Ownership> disown(Hold adopter) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
