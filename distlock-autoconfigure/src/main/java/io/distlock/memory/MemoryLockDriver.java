package io.distlock.memory;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.FreeingDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.driver.SeveralKeysDriver;
import io.distlock.driver.SharingDriver;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** Locks in memory; every question is answered at once, on the thread that asks. */
final class MemoryLockDriver implements FreeingDriver, SharingDriver, SeveralKeysDriver {

    /** What a release is answered, in the order of the answers: one is given for every lock. */
    private static final List<CompletionStage<Ownership>> ANSWERS = Arrays.stream(Ownership.values())
            .<CompletionStage<Ownership>>map(CompletableFuture::completedFuture)
            .toList();

    private final MemoryStore store;

    private final DriverSettings settings;

    private final Duration retention;

    // how to put what is asked for every lock, made once

    private final BiFunction<Place, Question, Attempt> lining;

    private final BiFunction<Place, Release, Ownership> releasing;

    private volatile boolean closed;

    MemoryLockDriver(MemoryStore store, DriverSettings settings) {
        this.store = store;
        this.settings = settings;
        this.retention = settings.recordRetention();
        this.lining = this::line;
        this.releasing = (place, release) -> {
            Ownership found = place.end(release, false, this.retention);
            place.moveOn();
            return found;
        };
    }

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        return ask(claim.key(), place -> place.ask(claim, null, this.retention));
    }

    @Override
    public CompletionStage<Attempt> line(Question question) {
        return ask(question.claim().key(), question, this.lining);
    }

    @Override
    public List<CompletionStage<Attempt>> line(List<Question> questions) {
        return questions.stream().map(this::line).toList();
    }

    @Override
    public CompletionStage<Attempt> lastTry(Question question) {
        return ask(question.claim().key(), place -> {
            Attempt answer = place.ask(question.claim(), question.member(), this.retention);
            if (answer instanceof Attempt.Busy) {
                place.leave(question);
            }
            return answer;
        });
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        return this.closed
                ? CompletableFuture.failedStage(isClosed())
                : ANSWERS.get(this.store
                        .ask(release.hold().key(), release, this.releasing)
                        .ordinal());
    }

    @Override
    public int together(List<LockKey> keys) {
        return keys.size();
    }

    @Override
    public CompletionStage<Together> acquireAll(List<Claim> claims) {
        return this.closed
                ? CompletableFuture.failedStage(isClosed())
                : CompletableFuture.completedStage(this.store.askAlone(() -> allOrNone(claims)));
    }

    private Together allOrNone(List<Claim> claims) {
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            Optional<Attempt> refusal = this.store.ask(claim.key(), place -> Optional.ofNullable(place.refusal(claim)));
            if (refusal.isPresent()) {
                claims.forEach(earlier -> release(new Release(earlier.hold(), Duration.ZERO)));
                return refusal.get() instanceof Attempt.Busy busy
                        ? new Together.Refused(i, busy)
                        : new Together.Apart();
            }
        }
        return new Together.Granted(claims.stream()
                .map(claim -> this.store.ask(claim.key(), place -> place.ask(claim, null, this.retention)))
                .map(Attempt.Granted.class::cast)
                .toList());
    }

    @Override
    public List<CompletionStage<Ownership>> releaseAll(List<Release> releases) {
        return releases.stream().map(this::release).toList();
    }

    @Override
    public CompletionStage<Ownership> leave(Question question) {
        Release release = new Release(question.claim().hold(), Duration.ZERO);
        return ask(question.claim().key(), place -> {
            Ownership found = place.end(release, true, this.retention);
            place.leave(question);
            place.moveOn();
            return found;
        });
    }

    @Override
    public CompletionStage<Handover> releaseAndLine(Release release, Question next) {
        return ask(release.hold().key(), place -> {
            Ownership released = place.end(release, false, this.retention);
            Attempt asked = line(place, next);
            place.moveOn(); // a claim that was ended before asks for nothing
            return new Handover(released, asked);
        });
    }

    @Override
    public List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
        return renewals.stream()
                .map(renewal -> ask(renewal.hold().key(), place -> place.renew(renewal, this.retention)))
                .toList();
    }

    @Override
    public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
        return ask(hold.key(), place -> place.extend(hold, ttl, this.retention));
    }

    @Override
    public CompletionStage<Optional<Duration>> ttl(Hold hold) {
        return ask(hold.key(), place -> place.ttl(hold));
    }

    @Override
    public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
        return ask(claim.key(), place -> place.adopt(claim, this.retention));
    }

    @Override
    public CompletionStage<Ownership> disown(Hold adopter) {
        return ask(adopter.key(), place -> place.disown(adopter, this.retention));
    }

    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        return ask(key, Place::state);
    }

    @Override
    public CompletionStage<Void> listen(Consumer<Grant> listener) {
        return listen(listener, freed -> {});
    }

    @Override
    public CompletionStage<Void> listen(Consumer<Grant> grants, Consumer<Hold> freed) {
        if (this.settings.messages() && !this.closed) {
            this.store.listen(this.settings.instance(), new Inbox(grants, freed));
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Void> tellFreed(Hold hold, String instance) {
        this.store.tellFreed(hold, instance);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void close() {
        this.closed = true;
        this.store.stopListening(this.settings.instance());
    }

    private Attempt line(Place place, Question question) {
        Attempt answer = place.ask(question.claim(), question.member(), this.retention);
        if (answer instanceof Attempt.Busy) {
            String instance = this.settings.instance();
            long aliveUntil = place.now() + question.aliveFor().toNanos();
            place.stand(new Member(question, instance, this.store.isListening(instance), aliveUntil, this.retention));
        }
        return answer;
    }

    private <T> CompletionStage<T> ask(LockKey key, Function<Place, T> question) {
        return ask(key, question, (place, asked) -> asked.apply(place));
    }

    private <Q, T> CompletionStage<T> ask(LockKey key, Q question, BiFunction<Place, Q, T> put) {
        return this.closed
                ? CompletableFuture.failedStage(isClosed())
                : CompletableFuture.completedFuture(
                        this.store.ask(key, question, put)); // so that it is seen to be there
    }

    private LockDriverException isClosed() {
        return new LockDriverException(Kind.UNREACHABLE, "the locker '" + this.settings.locker() + "' is closed", null);
    }
}
