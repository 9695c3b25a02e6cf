package io.distlock.benchmarks.call;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What {@code @DistributedLock} costs a call: with a locker that grants everything at once, so that only the annotation
 * is measured, and ({@code …InMemory}) with the locker and the memory driver. Beside it the same method bare, and under
 * Spring's {@code @ConcurrencyLimit}, which needs nothing but a counter in this JVM. Nobody else wants the lock.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class AnnotatedCall {

    private final ConfigurableApplicationContext context = CallApplication.start(CallApplication.class);

    private final ConfigurableApplicationContext unlocked =
            CallApplication.start(CallApplication.class, OpenLocker.class);

    private final ConfigurableApplicationContext barelyLocked =
            CallApplication.start(CallApplication.class, LeastLocker.class);

    private final Shop shop = this.context.getBean(Shop.class);

    private final Shop open = this.unlocked.getBean(Shop.class);

    private final Shop least = this.barelyLocked.getBean(Shop.class);

    private final Shop bare = new Shop(this.shop);

    private long id;

    @TearDown(Level.Trial)
    public void stop() {
        this.context.close();
        this.unlocked.close();
        this.barelyLocked.close();
    }

    @Benchmark
    public long bare() {
        return this.bare.locked(this.id++);
    }

    @Benchmark
    public long concurrencyLimit() {
        return this.shop.limited(this.id++);
    }

    @Benchmark
    public long fixedKey() {
        return this.open.locked(this.id++);
    }

    @Benchmark
    public long keyOfTheArgument() {
        return this.open.lockedById(this.id++ & 1023);
    }

    @Benchmark
    public long fixedKeyOfTheLeast() {
        return this.least.locked(this.id++);
    }

    @Benchmark
    public long enteredAgain() {
        return this.open.lockedTwice(this.id++);
    }

    @Benchmark
    public long fixedKeyInMemory() {
        return this.shop.locked(this.id++);
    }

    @Benchmark
    public long keyOfTheArgumentInMemory() {
        return this.shop.lockedById(this.id++ & 1023);
    }
}
