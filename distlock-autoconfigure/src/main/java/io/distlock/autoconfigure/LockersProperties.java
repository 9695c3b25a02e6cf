package io.distlock.autoconfigure;

import static io.distlock.autoconfigure.PropertyRules.atLeast;

import io.distlock.RetryStrategy;
import io.distlock.autoconfigure.DistlockProperties.Pass;
import io.distlock.autoconfigure.DistlockProperties.WaitStrategy;
import io.distlock.core.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.core.env.Environment;

/**
 * Lockers beside the default one.
 *
 * @param lockers Lockers by their names. What an entry leaves out comes from directly below 'distlock'.
 */
@ConfigurationProperties("distlock")
record LockersProperties(@DefaultValue Map<String, Entry> lockers) {

    static final String PATH = "distlock.lockers";

    /** Boot passes over what it does not know; an operator must not believe that it counts. */
    static void refuseUnknown(Environment environment) {
        UnknownProperties.refuse(
                environment,
                PATH,
                Bindable.mapOf(String.class, Entry.class),
                "Write what an entry of 'distlock.lockers' knows: driver, connection-factory, nodes, fencing, rejoin-after,"
                        + " prefix, ttl, wait, max-ttl, auto-renew, max-hold, grace, command-timeout, poll-interval,"
                        + " wait-strategy, wait-within-ttl, retry, retry-interval, max-waiters, pass, fence-retention,"
                        + " wait-for-replica, metadata. A name with dots is written in brackets.");
    }

    /** The longest ttl that a locker allows; what the application makes itself decides for itself. */
    Duration maxTtl(String name, LockerTerms base) {
        if (name.equals(base.name())) {
            return base.maxTtl();
        }
        return this.lockers.containsKey(name) ? terms(name, base).maxTtl() : PropertyRules.LONGEST;
    }

    LockerTerms terms(String name, LockerTerms base) {
        return this.lockers.getOrDefault(name, Entry.NONE).over(name, base, PATH + "." + name);
    }

    /**
     * @param driver Where locks are kept.
     * @param connectionFactory Bean name of the RedisConnectionFactory to use.
     * @param nodes Addresses of Redis servers, or bean names of connection factories.
     * @param fencing Whether fencing tokens grow across all nodes of a quorum, at the cost of one more round of requests.
     * @param rejoinAfter Time that a quorum node must have been up before it may vote on new locks; zero lets it vote at
     *     once.
     * @param prefix Text that every key and channel in the store begins with; replaces the outer one.
     * @param ttl Time that a lock outlives a crashed holder.
     * @param waitFor Time that callers are prepared to wait for a lock.
     * @param maxTtl Longest ttl that a caller may ask for.
     * @param autoRenew Whether locks are renewed while they are held.
     * @param maxHold Time after which a lock is no longer renewed.
     * @param grace Time by which a lock's key outlives its holder's own validity.
     * @param commandTimeout Time after which a command that the store has not answered counts as failed.
     * @param pollInterval Longest time that a waiting caller lets pass before it asks the store again.
     * @param waitStrategy How waiting callers learn that the lock is theirs.
     * @param waitWithinTtl Whether a wait longer than the ttl is refused.
     * @param retryInterval Time between two questions where the driver keeps no line; replaces the retry strategy.
     * @param maxWaiters Number of callers per key and instance that may wait; zero for no limit.
     * @param pass How locks go from thread to thread of one instance.
     * @param fenceRetention Time for which a key's last fencing token is remembered after its last use.
     * @param waitForReplica Number of replicas that must have a lock before its caller gets it.
     * @param metadata Facts to store beside every lock; those of a request take precedence.
     */
    record Entry(
            @Nullable String driver,
            @Nullable String connectionFactory,
            @Nullable List<String> nodes,
            @Nullable Boolean fencing,
            @Nullable Duration rejoinAfter,
            @Nullable String prefix,
            @Nullable Duration ttl,
            @Name("wait") @Nullable Duration waitFor,
            @Nullable Duration maxTtl,
            @Nullable Boolean autoRenew,
            @Nullable Duration maxHold,
            @Nullable Duration grace,
            @Nullable Duration commandTimeout,
            @Nullable Duration pollInterval,
            @Nullable WaitStrategy waitStrategy,
            @Nullable Boolean waitWithinTtl,
            @Nullable RetryProperties retry,
            @Nullable Duration retryInterval,
            @Nullable Integer maxWaiters,
            @Nullable Pass pass,
            @Nullable Duration fenceRetention,
            @Nullable Integer waitForReplica,
            @DefaultValue Map<String, String> metadata) {

        static final Entry NONE = new Entry(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, Map.of());

        private LockerTerms over(String name, LockerTerms base, String path) {
            return new LockerTerms(
                            name,
                            or(this.prefix, base.prefix()),
                            or(this.driver, base.driver()),
                            this.connectionFactory == null ? base.connectionFactory() : this.connectionFactory,
                            or(this.nodes, this.driver == null ? base.nodes() : List.of()),
                            or(this.fencing, base.fencing()),
                            or(this.rejoinAfter, base.rejoinAfter()),
                            or(this.ttl, base.ttl()),
                            or(this.waitFor, base.waitFor()),
                            or(this.maxTtl, base.maxTtl()),
                            or(this.autoRenew, base.autoRenew()),
                            this.maxHold == null ? base.maxHold() : this.maxHold,
                            or(this.grace, base.grace()),
                            this.commandTimeout == null ? base.commandTimeout() : this.commandTimeout,
                            or(this.pollInterval, base.pollInterval()),
                            or(this.waitStrategy, base.waitStrategy()),
                            or(this.waitWithinTtl, base.waitWithinTtl()),
                            retry(base.retry(), path),
                            or(this.maxWaiters, base.maxWaiters()),
                            or(this.pass, base.pass()),
                            or(this.fenceRetention, base.fenceRetention()),
                            or(this.waitForReplica, base.waitForReplica()),
                            this.metadata.isEmpty() ? base.metadata() : this.metadata,
                            base.shutdownGrace())
                    .checked(path);
        }

        private RetryStrategy retry(RetryStrategy base, String path) {
            Retry written = base instanceof Retry outer ? outer : Retry.defaults();
            if (this.retryInterval == null) {
                return this.retry == null ? base : this.retry.over(written, path + ".retry");
            }
            atLeast(
                    path + ".retry-interval",
                    this.retryInterval,
                    Duration.ofMillis(1),
                    "the store would be asked without pause");
            return new Retry(
                    Retry.Strategy.CONSTANT, this.retryInterval, this.retryInterval, written.jitter(), written.limit());
        }

        private static <T> T or(@Nullable T written, T otherwise) {
            return written == null ? otherwise : written;
        }
    }
}
