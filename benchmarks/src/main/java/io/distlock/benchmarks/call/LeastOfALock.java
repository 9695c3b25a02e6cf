package io.distlock.benchmarks.call;

import io.distlock.TokenGenerator;
import io.distlock.core.Instance;
import io.distlock.core.RandomTokens;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What no lock in memory can do without, each alone: a token that nobody can guess, the clocks by which its holder knows
 * how long to believe in it, and a place where others see that it is held. No queue, no renewal, no fence.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class LeastOfALock {

    private static final String KEY = "shop";

    private final TokenGenerator tokens = new RandomTokens(Instance.here("benchmarks"));

    private final ConcurrentMap<String, Object> held = new ConcurrentHashMap<>();

    @Benchmark
    public String token() {
        return this.tokens.generate(KEY);
    }

    @Benchmark
    public long clock() {
        return System.nanoTime();
    }

    @Benchmark
    public long wallClock() {
        return System.currentTimeMillis();
    }

    @Benchmark
    public boolean enteredAndRemoved() {
        return this.held.putIfAbsent(KEY, this) == null && this.held.remove(KEY, this);
    }
}
