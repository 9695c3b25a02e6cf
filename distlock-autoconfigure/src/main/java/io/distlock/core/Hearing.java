package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.driver.FreeingDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What one locker hears from the store by message: that a lock has become its own, or is its own no more. */
final class Hearing {

    private static final System.Logger LOG = System.getLogger(Hearing.class.getName());

    private static final int LONGEST_LISTENING = 5;

    private final Desk desk;

    private final LockDriver driver;

    private final @Nullable LineDriver store;

    /** Whether the store delivers none. */
    private final AtomicBoolean deaf = new AtomicBoolean();

    /** Whether messages can arrive, as far as has been heard. */
    private volatile boolean listening;

    /** @param store null where it keeps no line, and so has no messages */
    Hearing(Desk desk, LockDriver driver, @Nullable LineDriver store) {
        this.desk = desk;
        this.driver = driver;
        this.store = store;
    }

    /** @param confirmed run when messages can arrive, which may be so already */
    void listen(Runnable confirmed) {
        if (this.store == null || this.deaf.get()) {
            return;
        }
        open(this.store).whenComplete((ok, failure) -> {
            if (failure == null) {
                this.listening = true;
                confirmed.run();
            } else {
                heardNothing(failure);
            }
        });
    }

    boolean isListening() {
        return this.listening;
    }

    /** Completes when messages can arrive. */
    private CompletionStage<Void> open(LineDriver store) {
        return store instanceof FreeingDriver freeing
                ? freeing.listen(this::granted, this::saidFreed)
                : store.listen(this::granted);
    }

    /** Returns when messages can arrive. */
    void await() {
        if (this.store == null) {
            throw new UnsupportedOperationException("The driver of the locker '"
                    + this.desk.settings().name() + "' knows no messages: those who wait ask again");
        }
        // a copy, since those who wait go on listening for as long as it takes
        CompletableFuture<Void> listening =
                open(this.store).toCompletableFuture().copy();
        StoreCalls.await(
                "any",
                listening
                        .orTimeout(LONGEST_LISTENING, TimeUnit.SECONDS)
                        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                                failure instanceof TimeoutException ? notHeard(failure) : failure)));
    }

    private static LockDriverException notHeard(Throwable timeout) {
        return new LockDriverException(
                LockDriverException.Kind.UNANSWERED,
                "the store has not confirmed in " + LONGEST_LISTENING + " s that messages can arrive",
                timeout);
    }

    private void heardNothing(Throwable failure) {
        LockDriverException known = StoreCalls.trouble(failure);
        if (known.kind() == LockDriverException.Kind.MISCONFIGURED && this.deaf.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "The locker '" + this.desk.settings().name() + "' hears no messages, so waiting callers ask every "
                            + this.desk.settings().pollInterval() + " instead of being woken at once: "
                            + known.getMessage());
        }
    }

    Set<String> degradations() {
        return this.deaf.get()
                ? Set.of("waiting callers ask every " + this.desk.settings().pollInterval()
                        + " instead of being woken by a message, which the store does not deliver")
                : Set.of();
    }

    private void granted(Grant grant) {
        KeyLine line = this.desk.here().of(grant);
        if (line == null) {
            this.desk.givingBack().giveBack(grant.hold(), grant.ttl());
        } else {
            line.claiming().granting().granted(grant);
        }
    }

    /** Somebody says so: whether it is, the store knows. */
    private void saidFreed(Hold hold) {
        this.desk
                .here()
                .held(hold)
                .forEach(held -> this.driver.ttl(held.hold()).thenAccept(left -> {
                    if (left.isEmpty()) {
                        held.line().lost(held, LockLost.Reason.FREED);
                    }
                }));
    }

    /**
     * A hold was ended in the store by no wish of its holder, who loses it here, or is told elsewhere.
     *
     * @param holder what its holder said of itself
     */
    void freed(Hold hold, Optional<String> holder) {
        this.desk.here().held(hold).forEach(held -> held.line().lost(held, LockLost.Reason.FREED));
        if (this.store instanceof FreeingDriver store) {
            holder.flatMap(Details::writer)
                    .filter(writer -> !this.desk.isNamed(writer))
                    .ifPresent(writer -> store.tellFreed(hold, writer));
        }
    }
}
