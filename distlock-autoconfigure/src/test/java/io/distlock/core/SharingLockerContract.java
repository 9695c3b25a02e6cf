package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LocalLock;
import io.distlock.LockLost;
import io.distlock.LockNotAcquiredException;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.WaitingTest;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What callers may rely on who share a lock, or hold one of several permits, over any store that lets them. */
public abstract class SharingLockerContract {

    private static final String KEY = "stock";

    private static final Duration LONG = Duration.ofHours(1);

    /** For waits that are meant to succeed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final LockRequest WRITE =
            LockRequest.of(KEY).ttl(LONG).autoRenew(false).waitFor(PATIENCE);

    private static final LockRequest READ = WRITE.shared();

    private final String prefix = "sharing:" + UUID.randomUUID() + ":";

    private final List<DistributedLocker> lockers = new ArrayList<>();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private final Troubles troubles = new Troubles();

    private DistributedLocker locker;

    private DistributedLocker other;

    /** Makes a driver; all that one test makes work on the same store. Lockers close it. */
    protected abstract LockDriver create(DriverSettings settings);

    @BeforeEach
    void createLockers() {
        this.locker = newLocker("here", true, 0);
        this.other = newLocker("there", true, 0);
    }

    /** Only messages wake in time: nobody asks again before a minute is over. */
    private DistributedLocker newLocker(String name, boolean messages, int maxWaiters) {
        LockerSettings defaults = LockerSettings.defaults();
        LockerSettings settings = new LockerSettings(
                name,
                this.prefix,
                defaults.ttl(),
                defaults.waitFor(),
                defaults.maxTtl(),
                true,
                null,
                Duration.ZERO,
                messages ? Duration.ofMinutes(1) : Duration.ofMillis(20),
                maxWaiters,
                defaults.passMax(),
                defaults.passTime(),
                Duration.ofMillis(10));
        Instance instance = Instance.here(name);
        LockDriver driver = this.troubles.between(create(new DriverSettings(
                name,
                this.prefix,
                instance.id(),
                Duration.ofSeconds(3),
                Duration.ofHours(1),
                messages,
                Optional.empty())));
        DistributedLocker made =
                DistributedLocker.create(settings, instance, driver, new RandomTokens(instance), List.of());
        this.lockers.add(made);
        if (messages) {
            made.awaitMessages();
        }
        return made;
    }

    @AfterEach
    void closeLockers() throws InterruptedException {
        this.threads.shutdownNow();
        assertThat(this.threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        this.lockers.forEach(DistributedLocker::close);
    }

    // readers and writers

    @WaitingTest
    void readersOfAllInstancesShareALock() {
        List<Lease> readers = List.of(this.locker.acquire(READ), this.locker.acquire(READ), this.other.acquire(READ));
        assertThat(readers).allMatch(Lease::isHeld);
        assertThat(readers).extracting(Lease::fencingToken).isSorted().doesNotHaveDuplicates();
        assertThat(readers).extracting(Lease::token).doesNotHaveDuplicates();
        assertThat(readers).allSatisfy(reader -> assertThat(reader.ttl()).isPresent());
        assertThat(this.other.tryAcquire(WRITE.waitFor(Duration.ZERO))).isEmpty();
        assertThat(readers).extracting(Lease::release).containsOnly(ReleaseOutcome.RELEASED);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    void aWriterIsAloneAndHasALargerFenceThanTheReadersBefore() {
        Lease reader = this.locker.acquire(READ);
        CompletableFuture<Lease> writing = this.other.acquireAsync(WRITE);
        awaitWaiting(1);
        CompletableFuture<Lease> reading = this.locker.acquireAsync(READ);
        awaitWaiting(2);
        assertThat(writing).isNotDone();
        assertThat(reading).isNotDone();
        reader.close();
        Lease writer = writing.join();
        assertThat(writer.fencingToken()).isGreaterThan(reader.fencingToken());
        assertThat(reading).isNotDone();
        assertThat(this.locker.tryAcquire(READ.waitFor(Duration.ZERO))).isEmpty();
        writer.close();
        assertThat(reading.join().fencingToken()).isGreaterThan(writer.fencingToken());
    }

    @WaitingTest
    void allReadersThatWaitGoInTogether() {
        Lease writer = this.locker.acquire(WRITE);
        List<CompletableFuture<Lease>> readers = IntStream.range(0, 10)
                .mapToObj(i -> (i % 2 == 0 ? this.locker : this.other).acquireAsync(READ))
                .toList();
        awaitWaiting(10);
        writer.close();
        assertThat(readers.stream().map(CompletableFuture::join)).allMatch(Lease::isHeld);
        assertThat(this.locker.inspect(KEY).orElseThrow().holders()).hasSize(10);
    }

    @WaitingTest
    void readersThatKeepComingDoNotStarveAWriter() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger reads = new AtomicInteger();
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            DistributedLocker mine = i % 2 == 0 ? this.locker : this.other;
            readers.add(this.threads.submit(() -> {
                while (!over.get()) {
                    mine.run(READ, lease -> {
                        reads.incrementAndGet();
                        work(Duration.ofMillis(20));
                    });
                }
                return null;
            }));
        }
        for (int i = 0; i < 5; i++) {
            int before = reads.get();
            await().until(() -> reads.get() >= before + 6);
            this.other.acquire(WRITE).close();
        }
        over.set(true);
        for (Future<?> reader : readers) {
            reader.get(30, TimeUnit.SECONDS);
        }
    }

    // permits

    @WaitingTest
    void asManyWorkAtOnceAsThereArePermits() throws Exception {
        AtomicInteger working = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            DistributedLocker mine = i % 2 == 0 ? this.locker : this.other;
            workers.add(this.threads.submit(() -> {
                mine.run(WRITE.permits(3), lease -> {
                    most.accumulateAndGet(working.incrementAndGet(), Math::max);
                    await().until(() -> most.get() >= 3);
                    working.decrementAndGet();
                });
                return null;
            }));
        }
        for (Future<?> worker : workers) {
            worker.get(30, TimeUnit.SECONDS);
        }
        assertThat(most).hasValue(3);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    void aPermitGoesToTheNextByMessage() {
        List<Lease> holders = List.of(this.locker.acquire(WRITE.permits(2)), this.locker.acquire(WRITE.permits(2)));
        CompletableFuture<Lease> waiting = this.other.acquireAsync(WRITE.permits(2));
        awaitWaiting(1);
        holders.get(0).close();
        assertThat(waiting.join().isHeld()).isTrue();
        assertThat(holders.get(1).isHeld()).isTrue();
    }

    @WaitingTest
    void onePermitIsAnExclusiveLock() {
        Lease alone = this.locker.acquire(WRITE.permits(1));
        assertThat(this.locker.inspect(KEY).orElseThrow().holders()).isEmpty();
        assertThat(this.other.tryAcquire(READ.waitFor(Duration.ZERO))).isEmpty();
        alone.close();
    }

    @WaitingTest
    void sharedWithPermitsIsForSoManyReaders() {
        LockRequest two = READ.permits(2).waitFor(Duration.ZERO);
        this.locker.acquire(two);
        this.other.acquire(two);
        assertThat(this.other.tryAcquire(two)).isEmpty();
        assertThat(this.locker.tryAcquire(READ.waitFor(Duration.ZERO))).isEmpty();
    }

    // time, trouble and tokens

    @WaitingTest
    void theWriterFollowsReadersThatNeverGiveBack() {
        LockRequest brief = READ.ttl(Duration.ofMillis(250));
        this.locker.acquire(brief);
        this.other.acquire(brief);
        Lease writer = this.other.acquire(WRITE);
        assertThat(writer.isHeld()).isTrue();
    }

    @WaitingTest
    void aReaderIsKeptAliveAsLongAsItReads() {
        Lease renewed = this.locker.acquire(READ.ttl(Duration.ofMillis(500)).autoRenew(true));
        Lease brief = this.other.acquire(READ.ttl(Duration.ofMillis(500)));
        await().until(() -> !brief.isHeld());
        assertThat(renewed.isHeld()).isTrue();
        assertThat(renewed.ttl()).isPresent();
        assertThat(brief.release()).isEqualTo(ReleaseOutcome.EXPIRED);
        assertThat(renewed.release()).isEqualTo(ReleaseOutcome.RELEASED);
    }

    @WaitingTest
    void whoWaitsFindsItsTurnWithoutMessages() {
        DistributedLocker deaf = newLocker("deaf", false, 0);
        Lease writer = this.locker.acquire(WRITE);
        List<CompletableFuture<Lease>> readers =
                List.of(deaf.acquireAsync(READ), deaf.acquireAsync(READ), deaf.acquireAsync(READ.permits(3)));
        awaitWaiting(3);
        writer.close();
        assertThat(readers.stream().map(CompletableFuture::join)).allMatch(Lease::isHeld);
    }

    @WaitingTest
    void aReaderWhoseAnswerWasLostLeavesNothingBehind() {
        for (String question : List.of("acquire", "line")) {
            this.troubles.loseNextAnswers(1, question);
            LockRequest request = question.equals("acquire") ? READ.waitFor(Duration.ZERO) : READ;
            assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.locker.acquire(request));
            await().until(() -> this.other.inspect(KEY).isEmpty());
        }
    }

    @WaitingTest
    void aReleaseThatIsNotAnsweredIsRepeated() {
        Lease lease = this.locker.acquire(READ);
        Lease stays = this.other.acquire(READ);
        this.troubles.refuseNext(1, "release");
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.UNKNOWN);
        await().until(() -> this.other.inspect(KEY).orElseThrow().holders().size() == 1);
        assertThat(stays.ttl()).isPresent();
    }

    @WaitingTest
    void whoeverGivesUpLeavesTheLine() {
        Lease writer = this.locker.acquire(WRITE);
        CompletableFuture<Lease> cancelled = this.locker.acquireAsync(READ);
        CompletableFuture<Lease> stays = this.locker.acquireAsync(READ);
        awaitWaiting(2);
        cancelled.cancel(true);
        assertThat(this.other.tryAcquire(READ.waitFor(Duration.ofMillis(50)))).isEmpty();
        awaitWaiting(1);
        writer.close();
        assertThat(stays.join().isHeld()).isTrue();
        assertThat(this.other.inspect(KEY).orElseThrow().holders()).hasSize(1);
    }

    @WaitingTest
    void aShareCanBeReleasedExtendedAndAdoptedByItsToken() {
        Lease first = this.locker.acquire(READ);
        Lease second = this.locker.acquire(READ);
        assertThat(this.other.extend(KEY, first.token(), Duration.ofMinutes(2))).isTrue();
        assertThat(first.ttl().orElseThrow()).isLessThanOrEqualTo(Duration.ofMinutes(2));
        assertThat(second.ttl().orElseThrow()).isGreaterThan(Duration.ofMinutes(2));
        Lease adopted = this.other.adopt(KEY, second.token(), LONG).orElseThrow();
        assertThat(adopted.fencingToken()).isEqualTo(second.fencingToken());
        assertThat(this.other.release(KEY, first.token())).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(first.release()).isEqualTo(ReleaseOutcome.EXPIRED);
        assertThat(this.other.release(KEY, "shared")).isNotEqualTo(ReleaseOutcome.RELEASED);
        assertThat(adopted.ttl()).isPresent();
        assertThat(adopted.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.locker.inspect(KEY)).isEmpty();
    }

    @WaitingTest
    void aLeaseOfSeveralSharersIsExtendedForItself() {
        Lease lease = this.locker.acquire(READ);
        this.other.acquire(READ.ttl(Duration.ofMinutes(1)));
        assertThat(lease.extend(Duration.ofMinutes(5))).isTrue();
        assertThat(this.locker.inspect(KEY).orElseThrow().remaining().orElseThrow())
                .isLessThanOrEqualTo(Duration.ofMinutes(5))
                .isGreaterThan(Duration.ofMinutes(1));
    }

    @WaitingTest
    void aShareIsKeptForTheTimeThatWasAskedFor() {
        Lease lease = this.locker.acquire(READ.permits(2).holdAtLeast(Duration.ofMillis(300)));
        this.other.acquire(READ.permits(2));
        assertThat(lease.release()).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(this.other.tryAcquire(READ.permits(2).waitFor(Duration.ZERO)))
                .isEmpty();
        assertThat(this.other.acquire(READ.permits(2)).isHeld()).isTrue();
    }

    // what is seen and said

    @WaitingTest
    void aLookShowsWhoShares() {
        Lease first = this.locker.acquire(READ.metadata(Map.of("job", "nightly")));
        this.other.acquire(READ.permits(4));
        CompletableFuture<Lease> writer = this.other.acquireAsync(WRITE);
        awaitWaiting(1);
        LockState state = this.locker.inspect(KEY).orElseThrow();
        assertThat(state.token()).isEqualTo("shared");
        assertThat(state.instance()).matches("here@\\S+, there@\\S+");
        assertThat(state.holders()).hasSize(2);
        assertThat(state.holders().get(0).token()).startsWith("here@").isNotEqualTo(first.token());
        assertThat(state.holders().get(0).metadata())
                .containsEntry("job", "nightly")
                .containsEntry("permits", "any")
                .containsEntry("thread", Thread.currentThread().getName());
        assertThat(state.holders().get(1).metadata()).containsEntry("permits", "4");
        assertThat(state.holders().get(0).fencingToken()).isEqualTo(first.fencingToken());
        assertThat(state.waiting()).singleElement().asString().startsWith("there@");
        writer.cancel(true);
    }

    @WaitingTest
    void anOperatorFreesOneShareAndNeverWhoeverComesToShare() {
        Lease first = this.locker.acquire(READ);
        Lease second = this.locker.acquire(READ);
        Lease third = this.locker.acquire(READ);
        List<LockLost> lost = new CopyOnWriteArrayList<>();
        List.of(first, second, third).forEach(lease -> lease.onLost(lost::add));
        String shown = this.locker.inspect(KEY).orElseThrow().holders().get(1).token();
        assertThat(this.locker.free(KEY, shown)).isEqualTo(ReleaseOutcome.RELEASED);
        assertThat(second.isHeld()).isFalse();
        assertThat(first.isHeld()).isTrue();
        assertThat(this.locker.free(KEY, "nobody's")).isEqualTo(ReleaseOutcome.TAKEN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> this.locker.free(KEY, "shared"))
                .withMessageContaining("free each of them by the token of its own");
        assertThat(first.isHeld()).isTrue();
        assertThat(third.isHeld()).isTrue();
        await().until(() -> lost.size() == 1);
    }

    @WaitingTest
    void whoSharesAndAsksForMoreIsToldThatItWaitsForItself() {
        this.locker.acquire(READ);
        this.other.acquire(READ);
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> this.locker.acquire(WRITE.waitFor(Duration.ZERO)))
                .withMessageContaining("by this very thread, which shares it")
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Reason.BUSY));
        CompletableFuture<LockNotAcquiredException> elsewhere =
                CompletableFuture.supplyAsync(() -> catchThrowableOfType(
                        LockNotAcquiredException.class, () -> this.other.acquire(WRITE.waitFor(Duration.ZERO))));
        assertThat(elsewhere.join()).hasMessageContaining("by several who share it, the last since");
    }

    @WaitingTest
    void whatThisInstanceSharesAndAwaitsIsListed() {
        this.locker.acquire(READ);
        this.locker.acquire(READ);
        CompletableFuture<Lease> writer = this.locker.acquireAsync(WRITE);
        awaitWaiting(1);
        CompletableFuture<Lease> reader = this.locker.acquireAsync(READ);
        awaitWaiting(2);
        assertThat(this.locker.locks()).extracting(LocalLock::key).containsOnly(KEY);
        assertThat(this.locker.locks().stream().filter(lock -> lock.hold().isPresent()))
                .hasSize(2);
        assertThat(this.locker.locks().stream()
                        .mapToInt(lock -> lock.waits().size())
                        .sum())
                .isEqualTo(2);
        reader.cancel(true);
        writer.cancel(true);
        await().until(() -> this.locker.locks().size() == 2);
    }

    @WaitingTest
    void noMoreReadersWaitThanMay() {
        DistributedLocker small = newLocker("small", true, 2);
        this.locker.acquire(WRITE);
        List<CompletableFuture<Lease>> waiting = List.of(small.acquireAsync(READ), small.acquireAsync(READ));
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> small.acquire(READ))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Reason.SHED));
        waiting.forEach(one -> one.cancel(true));
    }

    @WaitingTest
    void aClosingLockerRefusesWhoWaitsToShare() {
        DistributedLocker closing = newLocker("closing", true, 0);
        this.locker.acquire(WRITE);
        CompletableFuture<Lease> waiting = closing.acquireAsync(READ);
        awaitWaiting(1);
        closing.close();
        assertThat(waiting)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOfSatisfying(
                        LockNotAcquiredException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Reason.CLOSED));
        awaitWaiting(0);
    }

    @WaitingTest
    void severalKeysAreSharedTogether() {
        LockRequest both = READ.keys("a", "b");
        Lease first = this.locker.acquire(both);
        Lease second = this.other.acquire(both);
        assertThat(first.isHeld()).isTrue();
        assertThat(this.locker.tryAcquire(WRITE.keys("b").waitFor(Duration.ZERO)))
                .isEmpty();
        first.close();
        second.close();
        assertThat(this.locker.tryAcquire(WRITE.keys("b").waitFor(Duration.ZERO)))
                .isPresent();
    }

    // all at once

    @WaitingTest
    void readersOverlapAndWritersNeverDo() throws Exception {
        AtomicInteger readers = new AtomicInteger();
        AtomicInteger writers = new AtomicInteger();
        AtomicInteger mostReaders = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        AtomicLong writersFence = new AtomicLong();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int seed = i;
            DistributedLocker mine = i % 2 == 0 ? this.locker : this.other;
            workers.add(this.threads.submit(() -> {
                for (int turn = 0; turn < 40; turn++) {
                    if ((turn + seed) % 5 == 0) {
                        mine.run(WRITE, lease -> {
                            check(writers.incrementAndGet() == 1 && readers.get() == 0, wrong);
                            check(writersFence.getAndSet(lease.fencingToken()) < lease.fencingToken(), wrong);
                            work(Duration.ofMillis(1));
                            writers.decrementAndGet();
                        });
                    } else {
                        mine.run((turn + seed) % 3 == 0 ? READ.permits(4) : READ, lease -> {
                            mostReaders.accumulateAndGet(readers.incrementAndGet(), Math::max);
                            check(writers.get() == 0 && writersFence.get() < lease.fencingToken(), wrong);
                            work(Duration.ofMillis(1));
                            readers.decrementAndGet();
                        });
                    }
                }
                return null;
            }));
        }
        for (Future<?> worker : workers) {
            worker.get(60, TimeUnit.SECONDS);
        }
        assertThat(wrong).hasValue(0);
        assertThat(mostReaders.get()).isGreaterThan(1);
        assertThat(this.locker.inspect(KEY)).isEmpty();
        assertThat(this.locker.locks()).isEmpty();
    }

    /** Nothing is awaited by it: it is what is done under the lock, and long enough for others to come meanwhile. */
    private static void work(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        // one park may return at once: whoever woke this thread for its lock may have left it a permit
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void check(boolean right, AtomicInteger wrong) {
        if (!right) {
            wrong.incrementAndGet();
        }
    }

    private void awaitWaiting(int count) {
        await().until(() ->
                this.other.inspect(KEY).map(state -> state.waiting().size()).orElse(0) == count);
    }
}
