package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What several stores were told to do: when too few of them say that they have, some may have. */
final class Partly {

    private Partly() {}

    static <T> CompletionStage<T> done(CompletionStage<T> all) {
        return all.exceptionallyCompose(failure -> CompletableFuture.failedStage(perhaps(Node.trouble(failure))));
    }

    private static LockDriverException perhaps(LockDriverException trouble) {
        return trouble.mayHaveHappened()
                ? trouble
                : new LockDriverException(Kind.UNANSWERED, String.valueOf(trouble.getMessage()), trouble);
    }
}
