package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The clock of the server is set back by ten seconds, which looks to it as if what it has stored came from a clock that was
 * ahead by as much; so that is what is stored here.
 */
@Execution(ExecutionMode.CONCURRENT)
class ServerClockTests {

    private static final LockRequest ORDERS = LockRequest.of("orders");

    private static final String RECORD = "distlock:~rec:{distlock:orders}";

    private static final String WAITING = "distlock:~wait:{distlock:orders}";

    private static final Duration BACK = Duration.ofSeconds(10);

    private final PrivateRedis redis = RedisServers.start();

    private final Observer observer = new Observer(this.redis);

    private final RunningInstance one =
            RunningInstance.with(this.redis).retention(Duration.ofMinutes(1)).start();

    private final RunningInstance other =
            RunningInstance.with(this.redis).retention(Duration.ofMinutes(1)).start();

    @AfterEach
    void close() {
        this.one.close();
        this.other.close();
        this.redis.close();
    }

    /** The second line of the record begins with the last fence that was reserved. */
    private long moveRecordAhead() {
        String record = (String) this.redis.call("GET", RECORD);
        String[] lines = record.split("\n", 3);
        String[] fences = lines[1].split(" ", 2);
        long last = Long.parseLong(fences[0]) + BACK.toNanos() / 1000;
        this.redis.call("SET", RECORD, lines[0] + "\n" + last + " " + fences[1] + "\n" + lines[2], "PX", "60000");
        return last;
    }

    @Test
    void fencesStillRise() {
        Lease first = this.one.locker().acquire(ORDERS);
        first.release();
        long last = moveRecordAhead();
        assertThat(last).isGreaterThan(first.fencingToken());
        for (int i = 0; i < 20; i++) {
            Lease lease = (i % 2 == 0 ? this.one : this.other).locker().acquire(ORDERS);
            assertThat(lease.fencingToken()).isGreaterThan(last);
            last = lease.fencingToken();
            lease.release();
        }
    }

    @Test
    void fencesStillRiseWhenALockIsHandedOn() {
        Lease lease = this.one.locker().acquire(ORDERS);
        long last = moveRecordAhead();
        for (int i = 0; i < 5; i++) {
            Caller next = Caller.of(i % 2 == 0 ? this.other : this.one, ORDERS);
            this.observer.awaitWaiting("orders", 1);
            lease.release();
            lease = next.lease();
            assertThat(lease.fencingToken()).isGreaterThan(last);
            last = lease.fencingToken();
        }
        lease.release();
    }

    @Test
    void whoWaitsIsServed() {
        Lease lease = this.one.locker().acquire(ORDERS);
        Caller caller = Caller.of(this.other, ORDERS);
        this.observer.awaitWaiting("orders", 1);
        this.observer.awaitListening("orders", 1);
        // the second line of what stands there says until when it counts as alive
        String move = "local member, entry = unpack(redis.call('hgetall', KEYS[1]))"
                + " entry = string.gsub(entry, '^(%d+)\\n(%d+)', function(number, mark)"
                + " return number .. '\\n' .. string.format('%.0f', mark + ARGV[1]) end)"
                + " return redis.call('hset', KEYS[1], member, entry)";
        this.redis.call("EVAL", move, "1", WAITING, String.valueOf(BACK.toMillis()));
        long released = System.nanoTime();
        lease.release();
        caller.lease().release();
        assertThat(Duration.ofNanos(caller.answeredAt() - released)).isLessThan(Duration.ofMillis(500 + 500));
    }
}
