package io.distlock.autoconfigure;

import static io.distlock.autoconfigure.PropertyRules.notNegative;

import io.distlock.LeaseScope;
import io.distlock.core.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * What applications write below {@code distlock}. What can never work is refused here.
 *
 * @param enabled Whether locks are auto-configured.
 * @param prefix Text that every key and channel in the store begins with.
 * @param driver Where locks are kept. A driver of your own goes by the name of its factory.
 * @param connectionFactory Bean name of the RedisConnectionFactory to use where there are several.
 * @param nodes Addresses of Redis servers, or bean names of connection factories, to use instead of the application's
 *     Redis.
 * @param fencing Whether fencing tokens grow across all nodes of a quorum, at the cost of one more round of requests.
 * @param rejoinAfter Time that a quorum node must have been up before it may vote on new locks; zero lets it vote at once.
 * @param ttl Time that a lock outlives a crashed holder. While work runs, its lock is renewed.
 * @param waitFor Time that callers are prepared to wait for a lock.
 * @param maxTtl Longest ttl that a caller may ask for.
 * @param autoRenew Whether locks are renewed while they are held.
 * @param maxHold Time after which a lock is no longer renewed. By default it is renewed for as long as it is held.
 * @param grace Time by which a lock's key outlives its holder's own validity, for writes that are still under way.
 * @param commandTimeout Time after which a command that the store has not answered counts as failed. By default a
 *     third of the ttl, but at least 100 ms and at most 1 s.
 * @param pollInterval Longest time that a waiting caller lets pass before it asks the store again.
 * @param waitStrategy How waiting callers learn that the lock is theirs.
 * @param waitWithinTtl Whether a wait longer than the ttl is refused.
 * @param maxWaiters Number of callers per key and instance that may wait; zero for no limit.
 * @param fenceRetention Time for which a key's last fencing token is remembered after its last use.
 * @param waitForReplica Number of replicas that must have a lock before its caller gets it.
 * @param metadata Facts to store beside every lock; those of a request take precedence.
 * @param startupCheck What happens if the store does not answer while the application starts.
 * @param shutdownGrace Time that a shutdown waits for held locks to be released.
 */
@ConfigurationProperties("distlock")
record DistlockProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("distlock:") String prefix,
        @DefaultValue("redis") String driver,
        @Nullable String connectionFactory,
        @DefaultValue List<String> nodes,
        @DefaultValue("true") boolean fencing,
        @DefaultValue("1m") Duration rejoinAfter,
        @DefaultValue("10s") Duration ttl,
        @Name("wait") @DefaultValue("15s") Duration waitFor,
        @DefaultValue("24h") Duration maxTtl,
        @DefaultValue("true") boolean autoRenew,
        @Nullable Duration maxHold,
        @DefaultValue("0s") Duration grace,
        @Nullable Duration commandTimeout,
        @DefaultValue("500ms") Duration pollInterval,
        @DefaultValue("auto") WaitStrategy waitStrategy,
        @DefaultValue("false") boolean waitWithinTtl,
        @NestedConfigurationProperty @DefaultValue RetryProperties retry,
        @DefaultValue("0") int maxWaiters,
        @DefaultValue Pass pass,
        @DefaultValue("1h") Duration fenceRetention,
        @DefaultValue("0") int waitForReplica,
        @DefaultValue Map<String, String> metadata,
        @DefaultValue("warn") OnFailure startupCheck,
        @DefaultValue("10s") Duration shutdownGrace,
        @DefaultValue Aspect aspect) {

    DistlockProperties {
        notNegative("distlock.shutdown-grace", shutdownGrace);
    }

    /** Of the default locker, and what named ones do not say for themselves. */
    LockerTerms terms() {
        return new LockerTerms(
                        LeaseScope.DEFAULT_LOCKER,
                        this.prefix,
                        this.driver,
                        this.connectionFactory,
                        this.nodes,
                        this.fencing,
                        this.rejoinAfter,
                        this.ttl,
                        this.waitFor,
                        this.maxTtl,
                        this.autoRenew,
                        this.maxHold,
                        this.grace,
                        this.commandTimeout,
                        this.pollInterval,
                        this.waitStrategy,
                        this.waitWithinTtl,
                        this.retry.over(Retry.defaults(), "distlock.retry"),
                        this.maxWaiters,
                        this.pass,
                        this.fenceRetention,
                        this.waitForReplica,
                        this.metadata,
                        this.shutdownGrace)
                .checked("distlock");
    }

    /** How waiting callers learn that the lock is theirs. */
    enum WaitStrategy {

        /** By message, and by asking where messages do not arrive. */
        AUTO,

        /** By message; the start-up check does not pass where messages cannot arrive. */
        NOTIFY,

        /** By asking only. */
        POLL
    }

    /** What to do about something that is found wrong while the application starts. */
    enum OnFailure {
        FAIL,
        WARN,
        OFF
    }

    /**
     * @param max How often in a row a lock may go from thread to thread of one instance without asking the store; zero for
     *     never.
     * @param time How long in a row a lock may stay with the threads of one instance.
     */
    record Pass(
            @DefaultValue("64") int max,
            @DefaultValue("10ms") Duration time) {

        Pass {
            PropertyRules.notNegative("distlock.pass.max", max);
            notNegative("distlock.pass.time", time);
        }
    }

    /**
     * @param mode How calls of annotated methods are intercepted.
     * @param order Position of the lock among the interceptors of a method; a lower number is further outside. By default it
     *     is outside transactions and caches.
     * @param verify What happens if an annotation is found that cannot work.
     */
    record Aspect(
            @DefaultValue("proxy") Mode mode,
            @Nullable Integer order,
            @DefaultValue("fail") OnFailure verify) {

        /** How calls of annotated methods are intercepted. */
        enum Mode {

            /** By Spring proxies: calls from other beans. */
            PROXY,

            /** By AspectJ weaving: calls from the same object too. */
            ASPECTJ
        }
    }
}
