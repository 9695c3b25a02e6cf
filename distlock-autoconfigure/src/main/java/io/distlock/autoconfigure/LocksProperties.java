package io.distlock.autoconfigure;

import static io.distlock.autoconfigure.PropertyRules.atLeast;
import static io.distlock.autoconfigure.PropertyRules.notBlank;
import static io.distlock.autoconfigure.PropertyRules.notNegative;

import io.distlock.WhenLost;
import io.distlock.annotation.WhenUnavailable;
import io.distlock.aspect.LockTuning;
import io.distlock.aspect.LockTunings;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.core.env.Environment;

/**
 * What operations write below {@code distlock.locks}.
 *
 * @param locks Locks by their names, whose annotations these values win over. A name with dots is written in brackets.
 */
@ConfigurationProperties("distlock")
record LocksProperties(@DefaultValue Map<String, NamedLock> locks) {

    private static final Duration SHORTEST_TTL = Duration.ofMillis(10);

    private static final Duration MILLISECOND = Duration.ofMillis(1);

    LocksProperties {
        locks.forEach((name, lock) -> lock.check(property(name)));
    }

    /**
     * Boot passes over what it does not know, such as a name with dots and without brackets; an operator must not believe
     * that it counts.
     */
    static void refuseUnknown(Environment environment) {
        UnknownProperties.refuse(
                environment,
                "distlock.locks",
                Bindable.mapOf(String.class, NamedLock.class),
                "Write what 'distlock.locks' knows (locker, ttl, wait, max-hold, hold-at-least, auto-renew,"
                        + " when-lost, when-unavailable) below the name of a lock;"
                        + " a name with dots is written in brackets: \"[OrderService.pay]\".");
    }

    /** How the entry of a lock is written. */
    static String property(String name) {
        return name.matches("[\\w-]+") ? "distlock.locks." + name : "distlock.locks.[" + name + "]";
    }

    LockTunings tunings() {
        return new LockTunings(this.locks.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, entry -> entry.getValue().tuning())));
    }

    /**
     * @param locker Name of the locker.
     * @param ttl Time that the lock outlives a crashed holder.
     * @param waitFor Time that callers are prepared to wait.
     * @param maxHold Time after which the lock is no longer renewed.
     * @param holdAtLeast Shortest time that the lock is held, even if the work ends sooner.
     * @param autoRenew Whether the lock is renewed while it is held.
     * @param whenLost What happens if the lock is lost while the method runs.
     * @param whenUnavailable What a call does if the store does not answer.
     */
    record NamedLock(
            @Nullable String locker,
            @Nullable Duration ttl,
            @Name("wait") @Nullable Duration waitFor,
            @Nullable Duration maxHold,
            @Nullable Duration holdAtLeast,
            @Nullable Boolean autoRenew,
            @Nullable WhenLost whenLost,
            @Nullable WhenUnavailable whenUnavailable) {

        private void check(String property) {
            if (this.locker != null) {
                notBlank(property + ".locker", this.locker);
            }
            if (this.ttl != null) {
                atLeast(
                        property + ".ttl",
                        this.ttl,
                        SHORTEST_TTL,
                        "the margin for clock drift would eat a shorter one");
            }
            if (this.waitFor != null) {
                notNegative(property + ".wait", this.waitFor);
            }
            if (this.maxHold != null) {
                atLeast(property + ".max-hold", this.maxHold, MILLISECOND, "nothing could be held");
            }
            if (this.holdAtLeast != null) {
                notNegative(property + ".hold-at-least", this.holdAtLeast);
            }
        }

        private LockTuning tuning() {
            return new LockTuning(
                    this.locker,
                    this.ttl,
                    this.waitFor,
                    this.maxHold,
                    this.holdAtLeast,
                    this.autoRenew,
                    this.whenLost,
                    this.whenUnavailable);
        }
    }
}
