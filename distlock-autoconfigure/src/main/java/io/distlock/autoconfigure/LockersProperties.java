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
 * @param lockers Lockers by their names. What an entry does not say comes from above.
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
     * @param fencing Whether fencing tokens grow over all nodes of a quorum, at the cost of one more round.
     * @param rejoinAfter Time that a node of a quorum must have been up before it has a vote on new locks; zero for none.
     * @param prefix Text that everything in the store begins with, instead of the outer one.
     * @param ttl Time that a lock outlives a crashed holder.
     * @param waitFor Time that callers are ready to wait for a lock.
     * @param maxTtl Longest ttl that a caller may ask for.
     * @param autoRenew Whether locks are renewed while they are held.
     * @param maxHold Time after which a lock is no longer renewed.
     * @param grace Time by which a lock's key outlives what its holder believes.
     * @param commandTimeout Time after which a command that the store has not answered has failed.
     * @param pollInterval Longest time after which those who wait ask the store again.
     * @param waitStrategy How those who wait hear of a lock that is theirs.
     * @param waitWithinTtl Whether a wait that is longer than the ttl is refused.
     * @param retryInterval Time between two questions where the store keeps no line; instead of a retry strategy.
     * @param maxWaiters Number of callers per key and instance that may wait; zero for no limit.
     * @param pass How locks go from thread to thread of one instance.
     * @param fenceRetention Time that a key's last fencing token is remembered after its last use.
     * @param waitForReplica Number of replicas that must have a lock before it is given to its caller; zero for none.
     * @param metadata Facts that are stored beside every lock; those of a request win.
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
