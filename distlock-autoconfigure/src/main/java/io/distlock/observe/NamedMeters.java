package io.distlock.observe;

import io.distlock.ReleaseOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is measured of all locks of one name at one locker. Registered together, so that what never happened is zero. */
final class NamedMeters {

    private final Map<Outcome, Counter> outcomes;

    private final Map<Outcome, Timer> waits;

    private final Map<ReleaseOutcome, Timer> holds;

    private final LongAdder held = new LongAdder();

    private final LongAdder waiting = new LongAdder();

    NamedMeters(MeterRegistry registry, String locker, String name) {
        Tags tags = Tags.of("locker", locker, "name", name);
        this.outcomes = each(
                Outcome.class,
                outcome -> Counter.builder("distlock.outcomes")
                        .description("How asking for locks came out, and how many were lost or done without")
                        .tags(tags.and("outcome", outcome.tag()))
                        .register(registry));
        this.waits = Arrays.stream(Outcome.values())
                .filter(Outcome::endsWait)
                .collect(Collectors.toMap(
                        Function.identity(),
                        outcome -> Timer.builder("distlock.wait")
                                .description("How long callers waited for a lock, or for the answer that they get none")
                                .tags(tags.and("outcome", outcome.tag()))
                                .register(registry),
                        (one, other) -> one,
                        () -> new EnumMap<>(Outcome.class)));
        this.holds = each(
                ReleaseOutcome.class,
                outcome -> Timer.builder("distlock.hold")
                        .description("How long locks were held, by what their release found")
                        .tags(tags.and("outcome", outcome.name().toLowerCase(Locale.ROOT)))
                        .register(registry));
        Gauge.builder("distlock.held", this.held, LongAdder::sum)
                .description("Locks that this instance holds")
                .tags(tags)
                .register(registry);
        Gauge.builder("distlock.waiting", this.waiting, LongAdder::sum)
                .description("Callers in this instance that wait for a lock")
                .tags(tags)
                .register(registry);
    }

    private static <K extends Enum<K>, M> Map<K, M> each(Class<K> type, Function<K, M> make) {
        Map<K, M> all = new EnumMap<>(type);
        for (K one : type.getEnumConstants()) {
            all.put(one, make.apply(one));
        }
        return all;
    }

    void asked() {
        this.waiting.increment();
    }

    void answered(Outcome outcome, Duration waited) {
        this.waiting.decrement();
        count(outcome);
        Timer timer = this.waits.get(outcome);
        if (timer != null) {
            timer.record(waited);
        }
    }

    void count(Outcome outcome) {
        Counter counter = this.outcomes.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    void taken() {
        this.held.increment();
    }

    void released(ReleaseOutcome outcome, Duration held) {
        Timer timer = this.holds.get(outcome);
        if (timer != null) {
            timer.record(held);
        }
        if (outcome == ReleaseOutcome.RELEASED || outcome == ReleaseOutcome.UNKNOWN) {
            this.held.decrement();
        }
    }

    /** Of what was found lost at its release, or before, the loss is told too. */
    void lost() {
        count(Outcome.LOST);
        this.held.decrement();
    }
}
