package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs the scripts about locks: with what each of them is told first, and for as long as an answer is of use. */
final class LockScripts {

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

    private final RedisLink link;

    private final Duration commandTimeout;

    private final String retention;

    /** The inbox, and whether its subscribers can be counted. */
    private final String channel;

    LockScripts(RedisLink link, DriverSettings settings, String inbox) {
        this.link = link;
        this.commandTimeout = settings.commandTimeout();
        this.retention = Arguments.millis(settings.recordRetention());
        this.channel = (link.isOneServer() ? "1" : "0") + inbox;
    }

    RedisLink link() {
        return this.link;
    }

    /** @param more how many arguments are still to be added */
    Arguments start(int more) {
        return new Arguments(Arguments.START + more).add(this.retention, this.channel);
    }

    /** About one lock. */
    CompletableFuture<List<Object>> run(Script script, Duration timeout, LockKey key, Arguments arguments) {
        return this.link.run(script, timeout, RedisKeys.of(key).array(), arguments.array());
    }

    /** Of what is done for a hold that is there already. */
    CompletableFuture<List<Object>> run(Script script, LockKey key, Arguments arguments) {
        return run(script, this.commandTimeout, key, arguments);
    }

    /** About several locks, with the keys of each. */
    CompletableFuture<List<Object>> runTogether(
            Script script, Duration timeout, List<LockKey> locks, Arguments arguments) {
        String[] keys = new String[4 * locks.size()];
        for (int i = 0; i < locks.size(); i++) {
            RedisKeys.of(locks.get(i)).copyTo(keys, 4 * i);
        }
        return this.link.run(script, timeout, keys, arguments.array());
    }

    Duration timeout() {
        return this.commandTimeout;
    }

    /** An answer that takes a third of the ttl is of no use, unless the ttl is very short. */
    Duration timeout(Duration ttl) {
        long useful = Math.max(SHORTEST_TIMEOUT.toNanos(), ttl.toNanos() / 3);
        return useful < this.commandTimeout.toNanos() ? Duration.ofNanos(useful) : this.commandTimeout;
    }
}
