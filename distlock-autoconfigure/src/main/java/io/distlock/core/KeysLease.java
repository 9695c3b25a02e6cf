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

    private final List<KeyLease> parts;

    private final Set<String> keys;

    private KeysLease(Set<String> keys, List<KeyLease> parts) {
        this.keys = keys;
        this.parts = List.copyOf(parts);
    }

    static KeysLease take(Set<String> keys, Demand demand, BiFunction<String, Demand, KeyLease> take) {
        long end = System.nanoTime() + demand.waitFor();
        List<KeyLease> taken = new ArrayList<>(keys.size());
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
            List<KeyLease> taken,
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
                taken.add((KeyLease) lease);
                takeNext(keys, rest, taken, demand, end, take, all);
            } else {
                releaseInReverse(taken);
                all.completeExceptionally(failure);
            }
        });
    }

    private static ReleaseOutcome releaseInReverse(List<KeyLease> taken) {
        List<KeyLease> reverse = new ArrayList<>(taken);
        Collections.reverse(reverse);
        ReleaseOutcome worst = ReleaseOutcome.RELEASED;
        for (KeyLease part : reverse) {
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
        return this.parts.stream().map(KeyLease::token).toList().get(0);
    }

    @Override
    public long fencingToken() {
        return this.parts.stream().mapToLong(KeyLease::fencingToken).max().orElseThrow();
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
                .map(KeyLease::validity)
                .min(Duration::compareTo)
                .orElseThrow();
    }

    @Override
    public boolean isHeld() {
        return this.parts.stream().allMatch(KeyLease::isHeld);
    }

    @Override
    public void ensureHeld() {
        this.parts.forEach(KeyLease::ensureHeld);
    }

    @Override
    public Optional<Duration> ttl() {
        List<Optional<Duration>> all = this.parts.stream().map(KeyLease::ttl).toList();
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

    @Nullable
    LockLost noticedLoss() {
        for (KeyLease part : this.parts) {
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
