package io.distlock.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.core.Schedule;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The real core on one thread, in worlds where a seed says what happens when: {@code docs/model.md} says what may. Every run
 * of the usual tests takes the same two thousand seeds, so that it fails only for what was changed. {@code -Pfaults} takes
 * very many from a new one on each time, and so may find what nobody has seen before. A schedule that breaks a promise is
 * told step by step; {@code -Dschedules.seed=42 -Dschedules.count=1} runs it again.
 */
class SchedulesTests {

    private static final int THREADS = 2;

    private static final int TOLD = 5;

    private static final long ALWAYS = Long.getLong("schedules.seed", 1);

    @Test
    void fewKeepEveryPromise() {
        keepEveryPromise(ALWAYS, Integer.getInteger("schedules.count", 2000));
    }

    @Test
    @Tag("faults")
    void veryManyKeepEveryPromise() {
        long anew = System.nanoTime() % 1_000_000_000 * 1_000_000;
        keepEveryPromise(Long.getLong("schedules.seed", anew), 100_000);
    }

    @Test
    void theSeedAloneSaysWhatHappens() {
        LongFunction<String> runs = runs();
        LongFunction<String> others = runs();
        LongStream.range(ALWAYS, ALWAYS + 20)
                .forEach(seed -> assertThat(runs.apply(seed)).isEqualTo(others.apply(seed)));
    }

    private static void keepEveryPromise(long first, int schedules) {
        System.out.printf("%d schedules, from seed %d%n", schedules, first);
        long start = System.nanoTime();
        AtomicLong next = new AtomicLong(first);
        Queue<String> broken = new ConcurrentLinkedQueue<>();
        Thread[] threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(() -> {
                try {
                    LongFunction<String> runs = runs();
                    for (long seed = next.getAndIncrement();
                            seed < first + schedules && broken.size() < TOLD;
                            seed = next.getAndIncrement()) {
                        String wrong = runs.apply(seed);
                        if (!wrong.isEmpty()) {
                            broken.add(wrong);
                        }
                    }
                } catch (Throwable failure) {
                    broken.add(String.valueOf(failure));
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException ex) {
                throw new AssertionError(ex);
            }
        }
        System.out.printf("%d schedules took %.1f s%n", schedules, (System.nanoTime() - start) / 1e9);
        assertThat(broken).as("schedules that break a promise").isEmpty();
        assertThat(next.get() - first).isGreaterThanOrEqualTo(schedules);
    }

    /** With a core of its own, as its statics are. */
    @SuppressWarnings("unchecked")
    private static LongFunction<String> runs() {
        try {
            return (LongFunction<String>) new SimulatedJvm()
                    .loadClass(Schedule.class.getName())
                    .getMethod("runs")
                    .invoke(null);
        } catch (ReflectiveOperationException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
