package io.distlock.driver;

import java.time.Duration;
import java.util.Optional;

/**
 * What a driver must know of the locker it serves.
 *
 * @param locker name of the locker, for logs
 * @param prefix below which everything is stored
 * @param instance this process and locker, unique: a readable part and at least 64 random bits; no white space
 * @param commandTimeout after which an unanswered command has failed
 * @param recordRetention how long what stands beside a lock outlives its last use
 * @param messages whether grants may come by message
 * @param connectionFactory bean name, where there are several
 * @param nodes stores of its own, instead of the application's
 * @param replicas how many copies of the store must have a grant before it counts; zero = not asked
 */
public record DriverSettings(
        String locker,
        String prefix,
        String instance,
        Duration commandTimeout,
        Duration recordRetention,
        boolean messages,
        Optional<String> connectionFactory,
        Nodes nodes,
        int replicas) {

    /** On the application's store, copied or not. */
    public DriverSettings(
            String locker,
            String prefix,
            String instance,
            Duration commandTimeout,
            Duration recordRetention,
            boolean messages,
            Optional<String> connectionFactory) {
        this(
                locker,
                prefix,
                instance,
                commandTimeout,
                recordRetention,
                messages,
                connectionFactory,
                Nodes.ofTheApplication(),
                0);
    }

    /** The same for one store among several, on its own connection. */
    public DriverSettings forNode(String address, Duration timeout) {
        return new DriverSettings(
                this.locker,
                this.prefix,
                this.instance,
                timeout,
                this.recordRetention,
                false,
                Optional.empty(),
                this.nodes.only(address),
                this.replicas);
    }
}
