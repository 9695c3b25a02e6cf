package io.distlock.quorum;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Questions that wait for something, and are asked in their order: a future would let the last one go first, so that a
 * release came before what it releases, and callers came first at some nodes and last at others.
 */
final class Backlog {

    private final Queue<Consumer<@Nullable Throwable>> waiting = new ConcurrentLinkedQueue<>();

    private final AtomicInteger asking = new AtomicInteger();

    /** @param needed whether there is nothing to ask if what is waited for fails */
    <T> CompletionStage<T> add(CompletionStage<?> before, boolean needed, Supplier<CompletionStage<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        this.waiting.add(failure -> {
            if (needed && failure != null) {
                answer.completeExceptionally(failure);
            } else {
                question.get().whenComplete((found, trouble) -> {
                    if (trouble == null) {
                        answer.complete(found);
                    } else {
                        answer.completeExceptionally(trouble);
                    }
                });
            }
        });
        before.whenComplete((done, failure) -> askAll(failure));
        return answer;
    }

    /** One thread asks for all who come meanwhile. */
    private void askAll(@Nullable Throwable failure) {
        if (this.asking.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        while (seen > 0) {
            for (var next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
                next.accept(failure);
            }
            seen = this.asking.addAndGet(-seen);
        }
    }
}
