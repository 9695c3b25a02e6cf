package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockLost;
import io.distlock.ReleaseOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A lease of several keys: all or none, taken in byte order so that no two callers wait for each other, given back in reverse. */
final class KeysLease implements Lease {

    private final List<LeaseInHand> parts;

    private final Set<String> keys;

    private KeysLease(Set<String> keys, List<LeaseInHand> parts) {
        this.keys = keys;
        this.parts = List.copyOf(parts);
    }

    static KeysLease take(Set<String> keys, Demand demand, BiFunction<String, Demand, LeaseInHand> take) {
        long end = System.nanoTime() + demand.waitFor();
        List<LeaseInHand> taken = new ArrayList<>(keys.size());
        try {
            for (String key : keys) {
                taken.add(take.apply(key, demand.waiting(end - System.nanoTime())));
            }
        } catch (RuntimeException | Error refused) {
            releaseInReverse(taken);
            throw refused;
        }
        return new KeysLease(keys, taken);
    }

    static CompletableFuture<Lease> takeAsync(
            Set<String> keys, Demand demand, BiFunction<String, Demand, ? extends CompletableFuture<Lease>> take) {
        CompletableFuture<Lease> all = new CompletableFuture<>();
        long end = System.nanoTime() + demand.waitFor();
        takeNext(keys, keys.iterator(), new ArrayList<>(keys.size()), demand, end, take, all);
        return all;
    }

    private static void takeNext(
            Set<String> keys,
            Iterator<String> rest,
            List<LeaseInHand> taken,
            Demand demand,
            long end,
            BiFunction<String, Demand, ? extends CompletableFuture<Lease>> take,
            CompletableFuture<Lease> all) {
        if (!rest.hasNext()) {
            if (!all.complete(new KeysLease(keys, taken))) {
                releaseInReverse(taken);
            }
            return;
        }
        CompletableFuture<Lease> next = take.apply(rest.next(), demand.waiting(end - System.nanoTime()));
        all.whenComplete((done, failure) -> next.cancel(false));
        next.whenComplete((lease, failure) -> {
            if (failure == null) {
                taken.add((LeaseInHand) lease);
                takeNext(keys, rest, taken, demand, end, take, all);
            } else {
                releaseInReverse(taken);
                all.completeExceptionally(failure);
            }
        });
    }

    private static ReleaseOutcome releaseInReverse(List<LeaseInHand> taken) {
        List<LeaseInHand> reverse = new ArrayList<>(taken);
        Collections.reverse(reverse);
        ReleaseOutcome worst = ReleaseOutcome.RELEASED;
        for (LeaseInHand part : reverse) {
            ReleaseOutcome outcome = part.release();
            worst = outcome.compareTo(worst) > 0 ? outcome : worst;
        }
        return worst;
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
        return releaseInReverse(this.parts);
    }

    /** One loss is enough, and is told once. */
    @Override
    public void onLost(Consumer<LockLost> action) {
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

    void endsWith(Thread worker) {
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
