package io.distlock.core;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store of one key with a line, in memory, for several instances. It answers at once, on the thread that asks, unless
 * told otherwise; a grant by message arrives on the thread that releases, if the last question of whoever is granted the
 * key said that it listens. Nothing expires. It excludes by monitor, which Lincheck understands: it takes the spinning of
 * a contended lock for a hang now and then.
 */
final class OneKeyStore {

    /** Lincheck shows a clock that stands still, but not to the timer of an instance. */
    static final Duration EVER = Duration.ofDays(3650);

    private static final Duration LONG = Duration.ofDays(1);

    private final Map<String, Entry> line = new LinkedHashMap<>();

    private final Set<String> ended = new HashSet<>();

    private @Nullable Claim holder;

    private long fence;

    /** What waits to be delivered; null = all arrives at once. */
    private @Nullable List<Runnable> underWay;

    /** What was executed and will be sent again, for want of an answer; null = all is answered at once. */
    private @Nullable List<Runnable> unanswered;

    private boolean subscribesLate;

    /** When last tries arrive; null = at once. */
    private @Nullable CompletableFuture<Void> lastTries;

    /** What becomes of renewals; null = they are answered at once. */
    private @Nullable CompletableFuture<Ownership> answer;

    private int renewals;

    /** @param inbox null = it did not listen when it asked */
    private record Entry(
            LineDriver.Question question, @Nullable Driver inbox) {}

    /** The token that holds the key; null = nobody's. */
    @Nullable
    String holder() {
        return this.holder == null ? null : this.holder.hold().token();
    }

    /** For how long it is held. */
    Duration ttl() {
        return this.holder == null ? Duration.ZERO : this.holder.ttl();
    }

    boolean isEmpty() {
        return this.holder == null && this.line.isEmpty();
    }

    /** Whether a claim of that instance stands in line, whose tokens begin with its name. */
    boolean isInLine(String instance) {
        for (Entry entry : this.line.values()) {
            if (entry.question.claim().hold().token().startsWith(instance)) {
                return true;
            }
        }
        return false;
    }

    /** Passes a hold on three times at most. */
    Desk instance(String name) {
        return instance(name, 3, 0);
    }

    /** An instance that locks here, with nothing to do for its timer: its clocks agree also where one stands still. */
    Desk instance(String name, int passMax, int maxWaiters) {
        LockerSettings usual = LockerSettings.defaults();
        LockerSettings quiet = new LockerSettings(
                usual.name(),
                "",
                EVER,
                usual.waitFor(),
                usual.maxTtl(),
                false,
                null,
                Duration.ZERO,
                EVER,
                maxWaiters,
                passMax,
                EVER,
                Duration.ZERO);
        AtomicLong tokens = new AtomicLong();
        return new Desk(
                quiet,
                new Instance(name, name),
                new Driver(),
                key -> name + ":" + tokens.incrementAndGet(),
                new Tellers(name, List.of(), null),
                new Clocks(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime())));
    }

    /** From here on, messages arrive when they are delivered. */
    void delayMessages() {
        this.underWay = new ArrayList<>();
    }

    /** May be called twice: a message may arrive twice. */
    void deliver() {
        List<Runnable> late = this.underWay;
        if (late != null) {
            List.copyOf(late).forEach(Runnable::run);
        }
    }

    /** Those that are under way never arrive, and later ones do at once. */
    void loseMessages() {
        this.underWay = null;
    }

    /** From here on, who releases and stands in line again hears nothing. */
    void loseAnswers() {
        this.unanswered = new ArrayList<>();
    }

    /** Connected anew, clients send what was not answered once more. */
    void sendAgain() {
        List<Runnable> again = this.unanswered;
        this.unanswered = null;
        if (again != null) {
            again.forEach(Runnable::run);
        }
    }

    /** Who wants to listen does so only when the next question has been answered, and before that is heard. */
    void subscribeLate() {
        this.subscribesLate = true;
    }

    /** From here on, last tries arrive when that is completed. */
    CompletableFuture<Void> delayLastTries() {
        CompletableFuture<Void> arrival = new CompletableFuture<>();
        this.lastTries = arrival;
        return arrival;
    }

    /** From here on, that is the answer to renewals, which are not executed. */
    CompletableFuture<Ownership> delayRenewals() {
        CompletableFuture<Ownership> late = new CompletableFuture<>();
        this.answer = late;
        return late;
    }

    /** How often somebody has renewed. */
    int renewals() {
        return this.renewals;
    }

    private Attempt ask(Claim claim) {
        if (this.ended.contains(claim.hold().attempt())) {
            return new Attempt.Ended();
        }
        if (this.holder == null && this.line.isEmpty()) {
            this.holder = claim;
            this.fence += 100;
        }
        return claim.equals(this.holder)
                ? new Attempt.Granted(this.fence, claim.fences())
                : new Attempt.Busy(Optional.of(LONG), this.holder().toString(), OptionalLong.of(this.fence));
    }

    private Ownership end(Hold hold) {
        boolean before = !this.ended.add(hold.attempt());
        if (this.holder == null || !this.holder.hold().equals(hold)) {
            return before ? Ownership.OURS : this.holder == null ? Ownership.GONE : Ownership.TAKEN;
        }
        this.holder = null;
        return Ownership.OURS;
    }

    /** The first in line gets the free key; what it must be told. */
    private Runnable handOn() {
        if (this.holder != null || this.line.isEmpty()) {
            return () -> {};
        }
        Entry next = this.line.values().iterator().next();
        LineDriver.Question question = next.question;
        this.line.remove(question.member());
        this.holder = question.claim();
        this.fence += 100;
        LineDriver.Grant grant = new LineDriver.Grant(
                question.claim().hold(),
                question.member(),
                question.number(),
                new Attempt.Granted(this.fence, question.claim().fences()),
                question.claim().ttl());
        return next.inbox == null ? () -> {} : next.inbox.message(grant);
    }

    private final class Driver implements LineDriver {

        private Consumer<Grant> told = grant -> {};

        private final CompletableFuture<Void> listening = new CompletableFuture<>();

        private Runnable message(Grant grant) {
            List<Runnable> delayed = OneKeyStore.this.underWay;
            if (delayed != null) {
                delayed.add(() -> this.told.accept(grant));
                return () -> {};
            }
            return () -> this.told.accept(grant);
        }

        @Override
        public CompletionStage<Attempt> acquire(Claim claim) {
            synchronized (OneKeyStore.this) {
                return CompletableFuture.completedFuture(ask(claim));
            }
        }

        @Override
        public CompletionStage<Attempt> line(Question question) {
            Attempt attempt;
            boolean subscribes;
            synchronized (OneKeyStore.this) {
                attempt = askInLine(question);
                subscribes = OneKeyStore.this.subscribesLate;
            }
            if (subscribes) {
                this.listening.complete(null);
            }
            return CompletableFuture.completedFuture(attempt);
        }

        private Attempt askInLine(Question question) {
            Attempt attempt = ask(question.claim());
            if (attempt instanceof Attempt.Busy) {
                Entry before = OneKeyStore.this.line.get(question.member());
                if (before == null || before.question.number() < question.number()) {
                    Driver inbox = this.listening.isDone() ? this : null;
                    OneKeyStore.this.line.put(question.member(), new Entry(question, inbox));
                }
            }
            return attempt;
        }

        @Override
        public List<CompletionStage<Attempt>> line(List<Question> questions) {
            List<CompletionStage<Attempt>> answers = new ArrayList<>();
            questions.forEach(question -> answers.add(line(question)));
            return answers;
        }

        @Override
        public CompletionStage<Attempt> lastTry(Question question) {
            CompletableFuture<Void> arrival = OneKeyStore.this.lastTries;
            return arrival == null
                    ? CompletableFuture.completedFuture(askLast(question))
                    : arrival.thenApply(arrived -> askLast(question));
        }

        private Attempt askLast(Question question) {
            synchronized (OneKeyStore.this) {
                Attempt attempt = ask(question.claim());
                if (attempt instanceof Attempt.Busy) {
                    forget(question);
                }
                return attempt;
            }
        }

        @Override
        public CompletionStage<Ownership> release(Release release) {
            Runnable message;
            Ownership found;
            synchronized (OneKeyStore.this) {
                found = end(release.hold());
                message = handOn();
            }
            message.run();
            return CompletableFuture.completedFuture(found);
        }

        @Override
        public CompletionStage<Handover> releaseAndLine(Release release, Question next) {
            Handover both = releaseAndAsk(release, next);
            synchronized (OneKeyStore.this) {
                if (OneKeyStore.this.unanswered == null) {
                    return CompletableFuture.completedFuture(both);
                }
                CompletableFuture<Handover> late = new CompletableFuture<>();
                OneKeyStore.this.unanswered.add(() -> late.complete(releaseAndAsk(release, next)));
                return late;
            }
        }

        private Handover releaseAndAsk(Release release, Question next) {
            Runnable message;
            Handover both;
            synchronized (OneKeyStore.this) {
                Ownership found = end(release.hold());
                message = handOn();
                both = new Handover(found, askInLine(next));
            }
            message.run();
            return both;
        }

        @Override
        public CompletionStage<Ownership> leave(Question question) {
            Runnable message;
            Ownership found;
            synchronized (OneKeyStore.this) {
                forget(question);
                found = end(question.claim().hold());
                message = handOn();
            }
            message.run();
            return CompletableFuture.completedFuture(found);
        }

        private void forget(Question question) {
            Entry entry = OneKeyStore.this.line.get(question.member());
            if (entry != null && entry.question.claim().equals(question.claim())) {
                OneKeyStore.this.line.remove(question.member());
            }
        }

        @Override
        public CompletionStage<Void> listen(Consumer<Grant> listener) {
            this.told = listener;
            if (!OneKeyStore.this.subscribesLate) {
                this.listening.complete(null);
            }
            return this.listening;
        }

        @Override
        public List<CompletionStage<Ownership>> renew(List<Renewal> all) {
            synchronized (OneKeyStore.this) {
                OneKeyStore.this.renewals += all.size();
                CompletableFuture<Ownership> late = OneKeyStore.this.answer;
                return all.stream()
                        .map(Renewal::hold)
                        .<CompletionStage<Ownership>>map(
                                hold -> late != null ? late : CompletableFuture.completedFuture(whose(hold)))
                        .toList();
            }
        }

        private Ownership whose(Hold hold) {
            Claim now = OneKeyStore.this.holder;
            return now == null ? Ownership.GONE : now.hold().equals(hold) ? Ownership.OURS : Ownership.TAKEN;
        }

        @Override
        public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Optional<Duration>> ttl(Hold hold) {
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
}
