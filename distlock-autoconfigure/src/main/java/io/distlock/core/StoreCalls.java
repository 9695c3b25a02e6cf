package io.distlock.core;

import io.distlock.LockUnavailableException;
import io.distlock.driver.LockDriverException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Waits for one answer of the store, which comes within its command time-out. */
final class StoreCalls {

    private StoreCalls() {}

    static <T> T await(String key, CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().join();
        } catch (CompletionException failure) {
            LockDriverException trouble = trouble(failure);
            throw new LockUnavailableException(Set.of(key), String.valueOf(trouble.getMessage()), trouble);
        }
    }

    /** The answer of a store that has answered already, so that nothing need be made to wait for it; else null. */
    static <T> @Nullable T known(CompletionStage<T> answer) {
        return answer instanceof CompletableFuture<T> future
                        && future.getClass() == CompletableFuture.class
                        && future.isDone()
                        && !future.isCompletedExceptionally()
                ? future.join()
                : null;
    }

    static LockDriverException trouble(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof LockDriverException known
                ? known
                : new LockDriverException(LockDriverException.Kind.UNANSWERED, "unexpected: " + cause, cause);
    }
}
