package io.distlock.aspect;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What operations say of locks, by their names. */
public record LockTunings(Map<String, LockTuning> byName) {

    static final LockTunings NONE = new LockTunings(Map.of());

    LockTuning of(String name) {
        return this.byName.getOrDefault(name, LockTuning.NONE);
    }

    /** One for each that speaks of a lock which is not among {@code names}. */
    List<InvalidLockAnnotationException> strangers(Set<String> names) {
        return this.byName.keySet().stream()
                .filter(name -> !names.contains(name))
                .sorted()
                .map(name -> new InvalidLockAnnotationException(
                        "'distlock.locks' has an entry for '" + name + "', and no @DistributedLock has that name",
                        "Use one of their names (" + String.join(", ", names)
                                + "); a name with dots is written in brackets: \"[OrderService.pay]\""))
                .toList();
    }
}
