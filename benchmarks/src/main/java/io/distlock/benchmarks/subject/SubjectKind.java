package io.distlock.benchmarks.subject;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All that can be measured, by the name used on the command line. */
public enum SubjectKind {
    RAW(RawLettuce::new, Trait.YARDSTICK),
    RAW_SOCKET(RawSocket::new, Trait.YARDSTICK, Trait.NO_RENEWAL),
    TOKEN(TokenQueue::new, Trait.YARDSTICK, Trait.NO_RENEWAL),
    COHORT(Cohort::new, Trait.YARDSTICK, Trait.NO_RENEWAL),
    BATON(Baton::new, Trait.YARDSTICK, Trait.NO_RENEWAL),
    RELAY(settings -> new Relay(settings, BareRelay::new), Trait.YARDSTICK, Trait.NO_RENEWAL),
    LEASED_RELAY(settings -> new Relay(settings, LeasedRelay::new), Trait.YARDSTICK, Trait.NO_RENEWAL),
    DISTLOCK(Distlock::passing),
    DISTLOCK_NO_PASS(Distlock::notPassing),
    DISTLOCK_JEDIS(Distlock::overJedis),
    DISTLOCK_JEDIS_NO_PASS(Distlock::overJedisNotPassing),
    REDISSON(settings -> new RedissonLock(settings, false)),
    REDISSON_FAIR(settings -> new RedissonLock(settings, true)),
    SPRING_SPIN(settings -> new SpringIntegration(settings, false)),
    SPRING_PUBSUB(settings -> new SpringIntegration(settings, true)),
    SHEDLOCK(ShedLock::new),
    LOCK4J(Lock4j::new);

    private final Opening opening;

    private final List<Trait> traits;

    SubjectKind(Opening opening, Trait... traits) {
        this.opening = opening;
        this.traits = List.of(traits);
    }

    public static SubjectKind of(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No subject '" + label + "'; there are "
                        + Arrays.stream(values()).map(SubjectKind::label).collect(Collectors.joining(", "))));
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Subject open(SubjectSettings settings) throws Exception {
        return this.opening.open(settings);
    }

    /** Shows what could be had, and is no library that one could use instead. */
    public boolean isYardstick() {
        return this.traits.contains(Trait.YARDSTICK);
    }

    /** Whether a hold can outlive its ttl. */
    public boolean keepsAlive() {
        return !this.traits.contains(Trait.NO_RENEWAL);
    }

    private enum Trait {
        YARDSTICK,
        NO_RENEWAL
    }

    private interface Opening {

        Subject open(SubjectSettings settings) throws Exception;
    }
}
