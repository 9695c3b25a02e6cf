package io.distlock.annotation;

import io.distlock.LockLostException;
import io.distlock.LockMode;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockUnavailableException;
import io.distlock.WhenLost;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;

/**
 * Runs a method while holding a lock, so that over all instances of the application only one call per key runs at a
 * time. On a class or an interface: each of its public methods. May be used as a meta-annotation, and more than once, the
 * first one outermost.
 *
 * <p>The method's own result or exception comes through as it is. When it cannot be run, or did not keep its lock to the
 * end, the call fails with exactly one of {@link LockNotAcquiredException} (others hold the lock, and did so for the
 * whole wait), {@link LockUnavailableException} (the store does not answer; nobody knows) and {@link LockLostException}
 * (it ran, but its lock ended first). It never runs without the
 * lock, unless {@link #whenUnavailable()} or {@link #condition()} says so.
 *
 * <p>The lock stands outside of a transaction that the method begins, and a lock that was lost before the commit rolls it
 * back. In a transaction that is running already, the lock is kept and renewed until after its completion.
 *
 * <p>Works on calls that come through a Spring proxy: from other beans, to methods that are neither private nor final;
 * on all others with load-time weaving.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@Repeatable(DistributedLocks.class)
public @interface DistributedLock {

    /** Same as {@link #key()}. */
    @AliasFor("key")
    String value() default "";

    /**
     * What is locked. Text that begins with {@code #}, {@code '}, {@code @} or {@code T(} is one SpEL expression, as in
     * {@code @Cacheable}: {@code "#order.id"}. Anything else is text with SpEL in <code>#{…}</code> and properties in
     * <code>${…}</code>: <code>"order:#{#order.id}"</code>. Parameters go by name, or by {@code #p0}; {@code #root} has
     * {@code method}, {@code target}, {@code targetClass}, {@code methodName} and {@code args}.
     *
     * <p>A collection or array stands for several keys, of which all are taken or none. A result that is null or blank
     * fails the call. Blank (the default) is the class and the method.
     */
    @AliasFor("value")
    String key() default "";

    /**
     * Label of the lock in metrics and logs; default: simple class name and method name, {@code OrderService.pay}. What
     * {@code distlock.locks} says of this name wins over the annotation.
     */
    String name() default "";

    /**
     * Whether calls share the lock with others that do, as readers, or want it alone, as a writer. A call that shares it
     * and calls another that wants the same key alone would wait for itself, and fails.
     */
    LockMode mode() default LockMode.EXCLUSIVE;

    /**
     * How many calls may hold the lock at once, over all instances; 0 = as many as the mode says: one, or any number.
     * Where annotations of one key name different numbers, the smallest of those that are held counts.
     */
    int permits() default 0;

    /** Which of the lockers below {@code distlock.lockers}; default: the one that {@code distlock} itself describes. */
    String locker() default "";

    /**
     * How long the lock outlives a crashed instance: {@code "30s"}, {@code "PT30S"}, <code>"${orders.ttl}"</code>;
     * default: the locker's. It is renewed while the method runs.
     */
    String ttl() default "";

    /** How long a call is ready to wait for others, {@code "0s"} = not at all; default: the locker's. */
    String waitFor() default "";

    /** After which time the lock is no longer renewed; default: the locker's. */
    String maxHold() default "";

    /** Whether the lock is renewed while the method runs. */
    AutoRenew autoRenew() default AutoRenew.DEFAULT;

    /** What a call gives when others hold the lock after the whole wait. */
    WhenBusy whenBusy() default WhenBusy.THROW;

    /**
     * Method of the same class that is called instead when others hold the lock after the whole wait: with the same
     * parameters, optionally followed by a {@link LockNotAcquiredException}, and a result that fits. It may be private.
     * Not together with {@link WhenBusy#SKIP}.
     */
    String fallback() default "";

    /** What a call does when the store of the locks does not answer. */
    WhenUnavailable whenUnavailable() default WhenUnavailable.THROW;

    /**
     * What happens when the lock is lost while the method runs. {@link WhenLost#INTERRUPT} interrupts the thread once,
     * and never after the method has ended; a flag that is still set then is cleared. Futures and publishers are
     * cancelled instead.
     */
    WhenLost whenLost() default WhenLost.INTERRUPT;

    /** Keeps the lock at least that long, even if the method ends earlier: for jobs that must not run twice. */
    String holdAtLeast() default "";

    /** SpEL as in {@link #key()}, always one expression; calls for which it is false run without a lock. */
    String condition() default "";

    /**
     * Whether a call that runs under the same key already goes through, with the same lease and the same fencing token;
     * otherwise it waits for itself.
     */
    boolean reentrant() default true;
}
