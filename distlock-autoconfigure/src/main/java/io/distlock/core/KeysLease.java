package io.distlock.core;

import io.distlock.BoundLease;
import io.distlock.LockLost;
import io.distlock.LossInterrupt;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.LockDriver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A lease of several keys: as long as all are held. */
final class KeysLease implements BoundLease {

    private final List<LeaseInHand> parts;

    private final Set<String> keys;

    private final LockDriver driver;

    KeysLease(Set<String> keys, List<LeaseInHand> parts, LockDriver driver) {
        this.keys = keys;
        this.parts = List.copyOf(parts);
        this.driver = driver;
    }

    @Override
    public String key() {
        return this.parts.get(0).key();
    }

    @Override
    public Set<String> keys() {
        return this.keys;
    }

    @Override
    public String token() {
        return this.parts.stream().map(LeaseInHand::token).toList().get(0);
    }

    @Override
    public long fencingToken() {
        return this.parts.stream().mapToLong(LeaseInHand::fencingToken).max().orElseThrow();
    }

    @Override
    public long fencingToken(String key) {
        return this.parts.stream()
                .filter(part -> part.key().equals(key))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("This lease is of " + this.keys + ", not of '" + key + "'"))
                .fencingToken();
    }

    @Override
    public int permits() {
        return this.parts.get(0).permits();
    }

    @Override
    public Map<String, String> metadata() {
        return this.parts.get(0).metadata();
    }

    @Override
    public Duration validity() {
        return this.parts.stream()
                .map(LeaseInHand::validity)
                .min(Duration::compareTo)
                .orElseThrow();
    }

    @Override
    public boolean isHeld() {
        return this.parts.stream().allMatch(LeaseInHand::isHeld);
    }

    @Override
    public void ensureHeld() {
        this.parts.forEach(LeaseInHand::ensureHeld);
    }

    @Override
    public Optional<Duration> ttl() {
        List<Optional<Duration>> all = this.parts.stream().map(LeaseInHand::ttl).toList();
        return all.stream().allMatch(Optional::isPresent)
                ? all.stream().flatMap(Optional::stream).min(Duration::compareTo)
                : Optional.empty();
    }

    @Override
    public boolean extend(Duration ttl) {
        return this.parts.stream().map(part -> part.extend(ttl)).collect(Collectors.toList()).stream()
                .allMatch(Boolean::booleanValue);
    }

    @Override
    public ReleaseOutcome release() {
        return Endings.release(this.parts, this.driver);
    }

    /** One loss is enough, and is told once. */
    @Override
    public void onLost(Consumer<LockLost> action) {
        Losses.check(action, this);
        if (action instanceof LossInterrupt) {
            // which interrupts once, and is told before others as what it is
            this.parts.forEach(part -> part.onLost(action));
            return;
        }
        AtomicBoolean told = new AtomicBoolean();
        this.parts.forEach(part -> part.onLost(loss -> {
            if (told.compareAndSet(false, true)) {
                action.accept(loss);
            }
        }));
    }

    @Override
    public void close() {
        release();
    }

    @Override
    public void endsWith(Thread worker) {
        this.parts.forEach(part -> part.endsWith(worker));
    }

    @Nullable
    LockLost noticedLoss() {
        for (LeaseInHand part : this.parts) {
            LockLost loss = part.noticedLoss();
            if (loss != null) {
                return loss;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "Lease" + this.parts;
    }
}
