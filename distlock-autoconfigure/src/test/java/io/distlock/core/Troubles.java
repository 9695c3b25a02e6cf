package io.distlock.core;

import io.distlock.driver.LineDriver;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.Renewal;
import io.distlock.driver.SeveralKeysDriver;
import io.distlock.driver.SharingDriver;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Stands between a locker and its store, whichever, and makes trouble when told to. */
final class Troubles {

    private record HoldUp(Duration time, AtomicInteger left) {}

    private final Map<String, HoldUp> holdUps = new ConcurrentHashMap<>();

    private record Trouble(Kind kind, boolean executed, AtomicInteger left) {}

    private final Map<String, Trouble> planned = new ConcurrentHashMap<>();

    private final Map<String, Duration> delays = new ConcurrentHashMap<>();

    private final Map<String, Duration> detours = new ConcurrentHashMap<>();

    private final Set<String> refusedKeys = ConcurrentHashMap.newKeySet();

    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

    /** The next questions of these kinds, named as the driver's methods are, never reach the store. */
    void refuseNext(int times, String... questions) {
        for (String question : questions) {
            this.planned.put(question, new Trouble(Kind.REFUSED, false, new AtomicInteger(times)));
        }
    }

    /** The next questions of these kinds reach the store, and nobody hears the answer. */
    void loseNextAnswers(int times, String... questions) {
        for (String question : questions) {
            this.planned.put(question, new Trouble(Kind.UNANSWERED, true, new AtomicInteger(times)));
        }
    }

    /** The next questions of these kinds never reach the store, as far as anybody can tell: they may be under way. */
    void loseNext(int times, String... questions) {
        for (String question : questions) {
            this.planned.put(question, new Trouble(Kind.UNANSWERED, false, new AtomicInteger(times)));
        }
    }

    /** The next questions of these kinds find no connection. */
    void cutOffNext(int times, String... questions) {
        for (String question : questions) {
            this.planned.put(question, new Trouble(Kind.UNREACHABLE, false, new AtomicInteger(times)));
        }
    }

    /** Renewals of that key are refused, and of no other. */
    void refuseRenewalsOf(String key) {
        this.refusedKeys.add(key);
    }

    /** Answers to questions of that kind arrive so much later. */
    void delayAnswers(Duration time, String question) {
        this.delays.put(question, time);
    }

    /** Questions of these kinds reach the store so much later, and what is asked meanwhile overtakes them. */
    void delayQuestions(Duration time, String... questions) {
        for (String question : questions) {
            this.detours.put(question, time);
        }
    }

    /** Whoever asks the next questions of that kind is held up for so long. */
    void holdUpNext(int times, Duration time, String question) {
        this.holdUps.put(question, new HoldUp(time, new AtomicInteger(times)));
    }

    /** How often such questions were asked. */
    int asked(String question) {
        AtomicInteger count = this.asked.get(question);
        return count == null ? 0 : count.get();
    }

    LockDriver between(LockDriver driver) {
        Class<?>[] kinds = Stream.of(LockDriver.class, LineDriver.class, SeveralKeysDriver.class, SharingDriver.class)
                .filter(kind -> kind.isInstance(driver))
                .toArray(Class<?>[]::new);
        return (LockDriver) Proxy.newProxyInstance(
                Troubles.class.getClassLoader(),
                kinds,
                (proxy, question, arguments) -> question.isDefault()
                        ? InvocationHandler.invokeDefault(proxy, question, arguments)
                        : ask(driver, question, arguments));
    }

    private Object ask(LockDriver driver, Method question, Object[] arguments) throws Throwable {
        String name = question.getName();
        this.asked.computeIfAbsent(name, any -> new AtomicInteger()).incrementAndGet();
        HoldUp holdUp = this.holdUps.get(name);
        if (holdUp != null && holdUp.left().getAndDecrement() > 0) {
            LockSupport.parkNanos(holdUp.time().toNanos());
        }
        Trouble trouble = this.planned.get(name);
        boolean disturbed = trouble != null && trouble.left().getAndDecrement() > 0;
        if (disturbed && !trouble.executed()) {
            return failed(question, arguments, trouble);
        }
        Duration detour = this.detours.get(name);
        Object answer = detour == null
                ? send(driver, question, arguments)
                : CompletableFuture.supplyAsync(() -> sendLate(driver, question, arguments), after(detour))
                        .thenCompose(found -> found);
        Duration delay = this.delays.getOrDefault(name, Duration.ZERO);
        Object heard = delay.isZero() ? answer : late(answer, delay);
        if (name.equals("renew") && !this.refusedKeys.isEmpty()) {
            return withoutRefused((List<?>) heard, (List<?>) arguments[0]);
        }
        return disturbed ? lost(heard, trouble) : heard;
    }

    private static Object send(LockDriver driver, Method question, Object[] arguments) throws Throwable {
        try {
            return question.invoke(driver, arguments);
        } catch (InvocationTargetException ex) {
            throw ex.getCause();
        }
    }

    private static CompletionStage<?> sendLate(LockDriver driver, Method question, Object[] arguments) {
        try {
            return (CompletionStage<?>) question.invoke(driver, arguments);
        } catch (ReflectiveOperationException ex) {
            throw new AssertionError(ex);
        }
    }

    /** In a thread of its own: the one of the common pool may be busy with another test. */
    private static Executor after(Duration time) {
        return CompletableFuture.delayedExecutor(
                time.toNanos(), TimeUnit.NANOSECONDS, late -> new Thread(late).start());
    }

    private static Object late(Object answer, Duration delay) {
        if (answer instanceof List<?> answers) {
            return answers.stream().map(one -> late(one, delay)).toList();
        }
        return ((CompletionStage<?>) answer).thenApplyAsync(found -> found, after(delay));
    }

    private static Object failed(Method question, Object[] arguments, Trouble trouble) {
        CompletionStage<?> failure = CompletableFuture.failedFuture(trouble(trouble));
        return question.getReturnType() == List.class
                ? ((List<?>) arguments[0]).stream().map(one -> failure).toList()
                : failure;
    }

    private Object withoutRefused(List<?> answers, List<?> renewals) {
        List<Object> left = new ArrayList<>(answers);
        for (int i = 0; i < left.size(); i++) {
            String key = ((Renewal) renewals.get(i)).hold().key().key();
            if (this.refusedKeys.contains(key)) {
                left.set(
                        i,
                        CompletableFuture.failedFuture(
                                new LockDriverException(Kind.REFUSED, "made by the test for " + key, null)));
            }
        }
        return left;
    }

    private static Object lost(Object answer, Trouble trouble) {
        if (answer instanceof List<?> answers) {
            return answers.stream().map(one -> lost(one, trouble)).toList();
        }
        return ((CompletionStage<?>) answer).thenCompose(ignored -> CompletableFuture.failedFuture(trouble(trouble)));
    }

    private static LockDriverException trouble(Trouble trouble) {
        return new LockDriverException(trouble.kind(), "made by the test", null);
    }
}
