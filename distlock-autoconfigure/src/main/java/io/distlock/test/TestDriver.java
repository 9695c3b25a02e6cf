package io.distlock.test;

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
import io.distlock.driver.SharingDriver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Stands between a locker and the memory that keeps its locks. Every lease goes through it, one fence each, so that no
 * thread passes a lock on unseen.
 */
final class TestDriver implements SharingDriver {

    /** Whoever waits is in this JVM and leaves by itself: moving the clock must not make it dead. */
    private static final Duration ALIVE = Duration.ofDays(3650);

    private final LineDriver store;

    private final Grants grants;

    private final BooleanSupplier silent;

    TestDriver(LineDriver store, Grants grants, BooleanSupplier silent) {
        this.store = store;
        this.grants = grants;
        this.silent = silent;
    }

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        return ask(() -> this.store.acquire(alone(claim)).thenApply(attempt -> noted(claim, attempt)));
    }

    @Override
    public CompletionStage<Attempt> line(Question question) {
        Claim claim = question.claim();
        return ask(() -> this.store.line(alive(question)).thenApply(attempt -> noted(claim, attempt)));
    }

    @Override
    public List<CompletionStage<Attempt>> line(List<Question> questions) {
        return questions.stream().map(this::line).toList();
    }

    @Override
    public CompletionStage<Attempt> lastTry(Question question) {
        Claim claim = question.claim();
        return ask(() -> this.store.lastTry(alive(question)).thenApply(attempt -> noted(claim, attempt)));
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        this.grants.returned(release.hold());
        return ask(() -> this.store.release(release));
    }

    @Override
    public CompletionStage<Handover> releaseAndLine(Release release, Question next) {
        this.grants.returned(release.hold());
        return ask(() -> this.store.releaseAndLine(release, alive(next)).thenApply(both -> {
            noted(next.claim(), both.next());
            return both;
        }));
    }

    @Override
    public CompletionStage<Ownership> leave(Question question) {
        return ask(() -> this.store.leave(question));
    }

    @Override
    public List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
        return renewals.stream()
                .map(renewal -> ask(() -> this.store.renew(List.of(renewal)).get(0)))
                .toList();
    }

    @Override
    public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
        return ask(() -> this.store.extend(hold, ttl));
    }

    @Override
    public CompletionStage<Optional<Duration>> ttl(Hold hold) {
        return ask(() -> this.store.ttl(hold));
    }

    @Override
    public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
        return ask(() -> this.store.adopt(alone(claim)).thenApply(granted -> {
            granted.ifPresent(grant -> noted(claim, grant));
            return granted;
        }));
    }

    @Override
    public CompletionStage<Ownership> disown(Hold adopter) {
        return ask(() -> this.store.disown(adopter));
    }

    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        return ask(() -> this.store.inspect(key));
    }

    @Override
    public CompletionStage<Void> listen(Consumer<Grant> listener) {
        return this.store.listen(grant -> {
            this.grants.granted(grant.hold(), grant.granted().fence());
            listener.accept(grant);
        });
    }

    @Override
    public void close() {
        this.store.close();
    }

    private static Claim alone(Claim claim) {
        return new Claim(claim.hold(), claim.ttl(), 1, claim.details(), claim.permits());
    }

    private static Question alive(Question question) {
        return new Question(alone(question.claim()), question.member(), question.number(), ALIVE);
    }

    private Attempt noted(Claim claim, Attempt attempt) {
        this.grants.asked(claim.key());
        if (attempt instanceof Attempt.Granted granted) {
            this.grants.granted(claim.hold(), granted.fence());
        }
        return attempt;
    }

    private <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
        return this.silent.getAsBoolean()
                ? CompletableFuture.failedStage(
                        new LockDriverException(Kind.UNANSWERED, "the test has silenced it", null))
                : question.get();
    }
}
