package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.fence.FenceGuard;
import io.distlock.fence.JdbcFenceGuard;
import io.distlock.fence.StaleFenceException;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.transaction.support.TransactionTemplate;

/** Holders that never ask whether they still hold do no harm to a database that checks their fences. */
@Execution(ExecutionMode.CONCURRENT)
class FencedWritesTests {

    private static final Duration TTL = Duration.ofMillis(900);

    private static final Duration GLANCE = Duration.ofMillis(10);

    private static final LockRequest REQUEST = LockRequest.of("orders");

    private final PrivateRedis redis = RedisServers.start();

    private final List<RunningInstance> instances = Stream.generate(
                    () -> RunningInstance.with(this.redis).ttl(TTL).start())
            .limit(3)
            .toList();

    private final EmbeddedDatabase database = new EmbeddedDatabaseBuilder()
            .generateUniqueName(true)
            .setType(EmbeddedDatabaseType.H2)
            .addScript("io/distlock/fence/schema.sql")
            .build();

    private final JdbcTemplate jdbc = new JdbcTemplate(this.database);

    private final TransactionTemplate transaction =
            new TransactionTemplate(new DataSourceTransactionManager(this.database));

    private final FenceGuard guard = new JdbcFenceGuard(this.jdbc);

    private final AtomicInteger written = new AtomicInteger();

    private final AtomicInteger refused = new AtomicInteger();

    /** Whether the next turn is a long one, during which the lock may be lost and taken by others. */
    private final AtomicBoolean slow = new AtomicBoolean();

    private volatile boolean over;

    @AfterEach
    void close() {
        this.over = true;
        this.instances.forEach(RunningInstance::close);
        this.database.shutdown();
        this.redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void noStaleWriteIsCommitted(Fault fault) {
        this.jdbc.execute("create table writes (id bigint generated always as identity, fence bigint not null)");
        List<Thread> writers = writers();
        awaitMoreWrites();
        this.slow.set(true);
        await().pollInterval(GLANCE).until(() -> !this.slow.get());
        fault.happen(this.redis, new History());
        awaitMoreWrites();
        this.over = true;
        await().pollInterval(GLANCE).until(() -> writers.stream().noneMatch(Thread::isAlive));

        assertThat(this.jdbc.queryForList("select fence from writes order by id", Long.class))
                .hasSize(this.written.get())
                .isSorted();
        if (fault == Fault.LOCK_DELETED || fault == Fault.ALL_DELETED) {
            assertThat(this.refused).as("writes refused").hasPositiveValue();
        }
    }

    private List<Thread> writers() {
        List<Thread> writers = new ArrayList<>();
        for (RunningInstance instance : this.instances) {
            for (int i = 0; i < 2; i++) {
                Thread writer = new Thread(() -> writeAgainAndAgain(instance));
                writer.start();
                writers.add(writer);
            }
        }
        return writers;
    }

    private void awaitMoreWrites() {
        int before = this.written.get();
        await().pollInterval(GLANCE).until(() -> this.written.get() > before + 10);
    }

    private static void work(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void writeAgainAndAgain(RunningInstance instance) {
        while (!this.over) {
            try (Lease lease = instance.locker().acquire(REQUEST)) {
                work(this.slow.compareAndSet(true, false) ? TTL : Duration.ofMillis(3));
                this.transaction.executeWithoutResult(status -> {
                    this.guard.check(lease);
                    this.jdbc.update("insert into writes (fence) values (?)", lease.fencingToken());
                });
                this.written.incrementAndGet();
            } catch (StaleFenceException stale) {
                this.refused.incrementAndGet();
            } catch (LockUnavailableException away) {
                LockSupport.parkNanos(20_000_000);
            }
        }
    }
}
