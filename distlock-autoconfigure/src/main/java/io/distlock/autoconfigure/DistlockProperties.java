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
 * @param prefix Text that everything in the store begins with.
 * @param driver Where locks are kept.
 * @param connectionFactory Bean name of the RedisConnectionFactory to use where there are several.
 * @param nodes Addresses of Redis servers, or bean names of connection factories, instead of the application's Redis.
 * @param fencing Whether fencing tokens grow over all nodes of a quorum, at the cost of one more round.
 * @param rejoinAfter Time that a node of a quorum must have been up before it has a vote on new locks; zero for none.
 * @param ttl Time that a lock outlives a crashed holder; while work runs the lock is renewed.
 * @param waitFor Time that callers are ready to wait for a lock.
 * @param maxTtl Longest ttl that a caller may ask for.
 * @param autoRenew Whether locks are renewed while they are held.
 * @param maxHold Time after which a lock is no longer renewed. By default it is renewed as long as it is held.
 * @param grace Time by which a lock's key outlives what its holder believes, for writes that are under way.
 * @param commandTimeout Time after which a command that the store has not answered has failed. By default a third of
 *     the ttl, but between 100 ms and 1 s.
 * @param pollInterval Longest time after which those who wait ask the store again.
 * @param waitStrategy How those who wait hear of a lock that is theirs.
 * @param waitWithinTtl Whether a wait that is longer than the ttl is refused.
 * @param maxWaiters Number of callers per key and instance that may wait; zero for no limit.
 * @param fenceRetention Time that a key's last fencing token is remembered after its last use.
 * @param waitForReplica Number of replicas that must have a lock before it is given to its caller; zero for none.
 * @param metadata Facts that are stored beside every lock; those of a request win.
 * @param startupCheck What happens when the store does not answer while the application starts.
 * @param shutdownGrace Time that shutdown waits for locks to be given back.
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

    /** How those who wait hear of a lock that is theirs. */
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
     * @param max How often in a row a lock goes from thread to thread of one instance without asking the store; zero for
     *     never.
     * @param time How long in a row a lock stays with the threads of one instance.
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
     * @param order Place of the lock among the interceptors of a method; lower is further outside. By default it is
     *     outside of transactions and caches.
     * @param verify What happens when an annotation is found that cannot work.
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
