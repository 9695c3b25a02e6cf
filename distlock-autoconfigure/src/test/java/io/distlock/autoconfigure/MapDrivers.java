package io.distlock.autoconfigure;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.LockDriverFactory;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** The driver {@code map}: keys and tokens in a map that never expire, and a switch that silences it. */
final class MapDrivers implements LockDriverFactory {

    final List<DriverSettings> made = new CopyOnWriteArrayList<>();

    final Map<String, String> tokens = new ConcurrentHashMap<>();

    final List<String> closed = new CopyOnWriteArrayList<>();

    volatile boolean silent;

    private final AtomicLong fences = new AtomicLong();

    @Override
    public String name() {
        return "map";
    }

    @Override
    public LockDriver create(DriverSettings settings) {
        this.made.add(settings);
        return new MapDriver();
    }

    private final class MapDriver implements LockDriver {

        @Override
        public CompletionStage<Attempt> acquire(Claim claim) {
            String found = MapDrivers.this.tokens.putIfAbsent(
                    claim.key().full(), claim.hold().token());
            return answer(
                    found == null
                            ? new Attempt.Granted(MapDrivers.this.fences.addAndGet(claim.fences()), claim.fences())
                            : new Attempt.Busy(Optional.empty(), found, OptionalLong.empty()));
        }

        @Override
        public CompletionStage<Ownership> release(Release release) {
            if (!release.keepFor().isZero()) {
                return answer(Ownership.OURS);
            }
            return answer(
                    MapDrivers.this.tokens.remove(
                                    release.hold().key().full(), release.hold().token())
                            ? Ownership.OURS
                            : Ownership.GONE);
        }

        @Override
        public List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
            return renewals.stream().map(renewal -> answer(Ownership.OURS)).toList();
        }

        @Override
        public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
            return answer(Ownership.OURS);
        }

        @Override
        public CompletionStage<Optional<Duration>> ttl(Hold hold) {
            return answer(Optional.of(Duration.ofSeconds(1)));
        }

        @Override
        public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
            return answer(Optional.empty());
        }

        @Override
        public CompletionStage<Ownership> disown(Hold adopter) {
            return answer(Ownership.GONE);
        }

        @Override
        public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
            return answer(Optional.empty());
        }

        private <T> CompletionStage<T> answer(T answer) {
            return MapDrivers.this.silent
                    ? CompletableFuture.failedStage(
                            new LockDriverException(Kind.UNREACHABLE, "no connection to map:1", null))
                    : CompletableFuture.completedStage(answer);
        }

        @Override
        public void close() {
            MapDrivers.this.closed.add(Thread.currentThread().getName());
        }
    }
}
