package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.VotingDriver;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Writes down what nodes are asked, and disturbs what a test says: {@code "1 undo"} is that question to the second node. */
final class Spied {

    final List<String> journal = new CopyOnWriteArrayList<>();

    /** Fails, and does not happen. */
    final Set<String> unanswered = ConcurrentHashMap.newKeySet();

    /** Fails as above, for good: somebody must change something. */
    final Set<String> refused = ConcurrentHashMap.newKeySet();

    /** It happens, and only the answer is missing. */
    final Set<String> repliesLost = ConcurrentHashMap.newKeySet();

    /** It happens, and the stage never completes. */
    final Set<String> neverHeard = ConcurrentHashMap.newKeySet();

    /** Throws instead of answering. */
    final Set<String> broken = ConcurrentHashMap.newKeySet();

    /** The answer takes so much longer. */
    final Map<String, Duration> late = new ConcurrentHashMap<>();

    /** Is sent when the test says so. */
    final Map<String, CompletableFuture<?>> heldUp = new ConcurrentHashMap<>();
    /** As above, but everybody knows that it cannot have happened. */
    final Set<String> unreachable = ConcurrentHashMap.newKeySet();

    VotingDriver on(int index, VotingDriver store) {
        return (VotingDriver) Proxy.newProxyInstance(
                VotingDriver.class.getClassLoader(),
                new Class<?>[] {VotingDriver.class},
                (proxy, method, arguments) -> ask(index + " " + method.getName(), store, method, arguments));
    }

    int asked(String question) {
        return (int) this.journal.stream().filter(question::equals).count();
    }

    private Object ask(String asked, VotingDriver store, Method method, Object[] arguments) throws Throwable {
        this.journal.add(asked);
        if (this.broken.contains(asked)) {
            throw new IllegalStateException("broken");
        }
        if (this.unanswered.contains(asked)) {
            return failure(Kind.UNANSWERED, "did not answer");
        }
        if (this.refused.contains(asked)) {
            return failure(Kind.MISCONFIGURED, "may not be asked");
        }
        if (this.unreachable.contains(asked)) {
            return failure(Kind.UNREACHABLE, "no connection");
        }
        CompletableFuture<?> gate = this.heldUp.get(asked);
        if (gate != null) {
            return gate.thenCompose(open -> send(store, method, arguments));
        }
        Object answer = invoke(store, method, arguments);
        if (this.repliesLost.contains(asked)) {
            return failure(Kind.UNANSWERED, "did not answer");
        }
        if (this.neverHeard.contains(asked)) {
            return new CompletableFuture<>();
        }
        Duration delay = this.late.get(asked);
        return delay == null
                ? answer
                : ((CompletionStage<?>) answer)
                        .thenApplyAsync(
                                heard -> heard,
                                CompletableFuture.delayedExecutor(
                                        delay.toNanos(), TimeUnit.NANOSECONDS, late -> new Thread(late).start()));
    }

    private static CompletionStage<?> send(VotingDriver store, Method method, Object[] arguments) {
        try {
            return (CompletionStage<?>) invoke(store, method, arguments);
        } catch (Throwable failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private static Object invoke(VotingDriver store, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(store, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    private static CompletableFuture<Object> failure(Kind kind, String fact) {
        return CompletableFuture.failedFuture(new LockDriverException(kind, fact, null));
    }
}
