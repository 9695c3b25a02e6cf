package io.distlock.autoconfigure;

import static io.distlock.autoconfigure.PropertyRules.atLeast;
import static io.distlock.autoconfigure.PropertyRules.atMost;
import static io.distlock.autoconfigure.PropertyRules.notBlank;
import static io.distlock.autoconfigure.PropertyRules.notNegative;

import io.distlock.RetryStrategy;
import io.distlock.autoconfigure.DistlockProperties.Pass;
import io.distlock.autoconfigure.DistlockProperties.WaitStrategy;
import io.distlock.core.Instance;
import io.distlock.core.LockerSettings;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything that makes one locker, whether it was written for it or for all; the components are the properties. */
record LockerTerms(
        String name,
        String prefix,
        String driver,
        @Nullable String connectionFactory,
        List<String> nodes,
        boolean fencing,
        Duration rejoinAfter,
        Duration ttl,
        Duration waitFor,
        Duration maxTtl,
        boolean autoRenew,
        @Nullable Duration maxHold,
        Duration grace,
        @Nullable Duration commandTimeout,
        Duration pollInterval,
        WaitStrategy waitStrategy,
        boolean waitWithinTtl,
        RetryStrategy retry,
        int maxWaiters,
        Pass pass,
        Duration fenceRetention,
        int waitForReplica,
        Map<String, String> metadata,
        Duration shutdownGrace) {

    private static final Duration SHORTEST_TTL = Duration.ofMillis(10);

    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(1);

    /** @param path below which the properties were written */
    LockerTerms checked(String path) {
        PropertyRules.prefix(path + ".prefix", this.prefix);
        notBlank(path + ".driver", this.driver);
        atLeast(path + ".ttl", this.ttl, SHORTEST_TTL, "the margin for clock drift would eat a shorter one");
        atMost(path + ".ttl", this.ttl, path + ".max-ttl", this.maxTtl);
        notNegative(path + ".wait", this.waitFor);
        notNegative(path + ".max-ttl", this.maxTtl);
        notNegative(path + ".grace", this.grace);
        atLeast(path + ".poll-interval", this.pollInterval, MILLISECOND, "the store would be asked without pause");
        notNegative(path + ".max-waiters", this.maxWaiters);
        atLeast(path + ".fence-retention", this.fenceRetention, MILLISECOND, "fencing tokens could be given twice");
        notNegative(path + ".rejoin-after", this.rejoinAfter);
        notNegative(path + ".wait-for-replica", this.waitForReplica);
        PropertyRules.metadata(path + ".metadata", this.metadata);
        if (this.maxHold != null) {
            atLeast(path + ".max-hold", this.maxHold, MILLISECOND, "nothing could be held");
        }
        if (this.commandTimeout != null) {
            atLeast(path + ".command-timeout", this.commandTimeout, MILLISECOND, "no store answers in less");
            PropertyRules.lessThan(path + ".command-timeout", this.commandTimeout, path + ".ttl", this.ttl);
        }
        if (this.waitWithinTtl) {
            atMost(path + ".wait", this.waitFor, path + ".ttl", this.ttl);
        }
        if (this.driver.equals("quorum") && !this.rejoinAfter.isZero()) {
            atMost(path + ".ttl", this.ttl.plus(this.grace), path + ".rejoin-after", this.rejoinAfter);
        }
        return this;
    }

    /** The same with another way to ask again. */
    LockerTerms retrying(RetryStrategy own) {
        return new LockerTerms(
                this.name,
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
                own,
                this.maxWaiters,
                this.pass,
                this.fenceRetention,
                this.waitForReplica,
                this.metadata,
                this.shutdownGrace);
    }

    Duration effectiveCommandTimeout() {
        return Optional.ofNullable(this.commandTimeout).orElseGet(() -> {
            Duration third = this.ttl.dividedBy(3);
            if (third.compareTo(SHORTEST_TIMEOUT) < 0) {
                return SHORTEST_TIMEOUT;
            }
            return third.compareTo(LONGEST_TIMEOUT) < 0 ? third : LONGEST_TIMEOUT;
        });
    }

    LockerSettings lockerSettings() {
        return new LockerSettings(
                this.name,
                this.prefix,
                this.ttl,
                this.waitFor,
                this.maxTtl,
                this.autoRenew,
                this.maxHold,
                this.grace,
                this.pollInterval,
                this.maxWaiters,
                this.pass.max(),
                this.pass.time(),
                this.shutdownGrace,
                this.retry,
                this.waitWithinTtl,
                this.metadata);
    }

    DriverSettings driverSettings(Instance instance) {
        return new DriverSettings(
                this.name,
                this.prefix,
                instance.id(),
                effectiveCommandTimeout(),
                this.fenceRetention,
                this.waitStrategy != WaitStrategy.POLL,
                Optional.ofNullable(this.connectionFactory),
                new Nodes(this.nodes, this.fencing, this.rejoinAfter),
                this.waitForReplica);
    }
}
