package io.distlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Threads of several instances that take one lock again and again. */
final class Crowd implements AutoCloseable {

    /** Longer than any wait, on a machine that is busy with other things. */
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final History history;

    private final LockRequest request;

    private final Duration hold;

    private final List<Member> members = new ArrayList<>();

    private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();

    private volatile boolean over;

    private Crowd(History history, LockRequest request, Duration hold) {
        this.history = history;
        this.request = request;
        this.hold = hold;
    }

    /** That many threads of each instance, which keep the lock for so long each time. */
    static Crowd start(
            List<RunningInstance> instances, int threads, LockRequest request, Duration hold, History history) {
        Crowd crowd = new Crowd(history, request, hold);
        for (int i = 0; i < instances.size(); i++) {
            for (int j = 0; j < threads; j++) {
                Member member = crowd.new Member(instances.get(i), "instance " + i + " thread " + j);
                crowd.members.add(member);
                member.thread.start();
            }
        }
        return crowd;
    }

    List<Thread> threads() {
        return this.members.stream().map(member -> member.thread).toList();
    }

    /** Everybody has had the lock so many times from now on. */
    void awaitTurnsOfAll(int turns) {
        List<Long> before =
                this.members.stream().map(member -> member.turns.get()).toList();
        await().pollInterval(Duration.ofMillis(10)).atMost(PATIENCE).until(() -> {
            for (int i = 0; i < before.size(); i++) {
                if (this.members.get(i).turns.get() < before.get(i) + turns) {
                    return !this.surprises.isEmpty();
                }
            }
            return true;
        });
        assertNoSurprise();
    }

    /** Somebody has had the lock so many times from now on. */
    void awaitTurns(int turns) {
        long before = turns();
        await().pollInterval(Duration.ofMillis(10))
                .atMost(PATIENCE)
                .until(() -> turns() >= before + turns || !this.surprises.isEmpty());
        assertNoSurprise();
    }

    private long turns() {
        return this.members.stream().mapToLong(member -> member.turns.get()).sum();
    }

    /** Everybody comes home, with what they were promised. */
    void end() {
        this.over = true;
        await().pollInterval(Duration.ofMillis(10))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(threads()).noneMatch(Thread::isAlive));
        assertNoSurprise();
    }

    private void assertNoSurprise() {
        Throwable first = this.surprises.peek();
        if (first != null) {
            throw new AssertionError("A member of the crowd met what it should not", first);
        }
    }

    @Override
    public void close() {
        this.over = true;
        threads().forEach(Thread::interrupt);
    }

    private final class Member {

        private final RunningInstance instance;

        private final Thread thread;

        private final AtomicLong turns = new AtomicLong();

        private Member(RunningInstance instance, String name) {
            this.instance = instance;
            this.thread = new Thread(this::takeTurns, name);
        }

        private void takeTurns() {
            try {
                while (!Crowd.this.over) {
                    takeTurn();
                }
            } catch (Throwable surprise) {
                Crowd.this.surprises.add(surprise);
            }
        }

        private void takeTurn() {
            try (Lease lease = this.instance.locker().acquire(Crowd.this.request)) {
                Crowd.this.history.hold(lease, this.thread.getName(), Crowd.this.hold);
                this.turns.incrementAndGet();
            } catch (LockUnavailableException away) {
                LockSupport.parkNanos(20_000_000);
            } catch (LockNotAcquiredException refused) {
                if (refused.reason() != LockNotAcquiredException.Reason.INTERRUPTED || !Thread.interrupted()) {
                    throw refused;
                }
            }
        }
    }
}
