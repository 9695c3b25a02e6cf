package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.VotingDriver;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what nodes are asked, and leaves unanswered what a test says. */
final class Spied {

    final List<String> journal = new CopyOnWriteArrayList<>();

    /** {@code "1 undo"}: the second node does not answer that. */
    final Set<String> unanswered = ConcurrentHashMap.newKeySet();

    /** As above, but it happens, and only the answer is missing. */
    final Set<String> repliesLost = ConcurrentHashMap.newKeySet();

    /** As above, but everybody knows that it cannot have happened. */
    final Set<String> unreachable = ConcurrentHashMap.newKeySet();

    VotingDriver on(int index, VotingDriver store) {
        return (VotingDriver) Proxy.newProxyInstance(
                VotingDriver.class.getClassLoader(),
                new Class<?>[] {VotingDriver.class},
                (proxy, method, arguments) -> {
                    String asked = index + " " + method.getName();
                    this.journal.add(asked);
                    if (this.unanswered.contains(asked)) {
                        return silence();
                    }
                    if (this.unreachable.contains(asked)) {
                        return CompletableFuture.failedFuture(
                                new LockDriverException(Kind.UNREACHABLE, "no connection", null));
                    }
                    try {
                        Object answer = method.invoke(store, arguments);
                        return this.repliesLost.contains(asked) ? silence() : answer;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private static CompletableFuture<Object> silence() {
        return CompletableFuture.failedFuture(new LockDriverException(Kind.UNANSWERED, "did not answer", null));
    }
}
