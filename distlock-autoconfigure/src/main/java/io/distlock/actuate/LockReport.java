package io.distlock.actuate;

import io.distlock.LocalLock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A lock that this instance holds or awaits. Times are in milliseconds.
 *
 * @param holds none where another instance holds it, or nobody; several where threads of this instance share it
 * @param waiting first comes first
 */
record LockReport(String locker, String key, List<HoldReport> holds, List<WaitReport> waiting) {

    /** In the order of their keys. A key is told of several times that is shared, adopted, or held with others. */
    static Collection<LockReport> byKey(String locker, List<LocalLock> locks) {
        Map<String, List<LocalLock>> keys = new TreeMap<>();
        locks.forEach(lock ->
                keys.computeIfAbsent(lock.key(), key -> new ArrayList<>(1)).add(lock));
        return keys.entrySet().stream()
                .map(key -> of(locker, key.getKey(), key.getValue()))
                .toList();
    }

    private static LockReport of(String locker, String key, List<LocalLock> locks) {
        return new LockReport(
                locker,
                key,
                locks.stream()
                        .flatMap(lock -> lock.hold().stream())
                        .map(HoldReport::of)
                        .sorted(Comparator.comparingLong(HoldReport::fence))
                        .toList(),
                locks.stream()
                        .flatMap(lock -> lock.waits().stream())
                        .map(WaitReport::of)
                        .sorted(Comparator.comparingLong(WaitReport::waited).reversed())
                        .toList());
    }

    /** @param valid how much longer it may be believed in unless it is renewed */
    record HoldReport(
            String name, String token, long fence, @Nullable String thread, long held, long valid, boolean renewed) {

        static HoldReport of(LocalLock.Hold hold) {
            return new HoldReport(
                    hold.name(),
                    hold.token(),
                    hold.fencingToken(),
                    hold.thread().map(Thread::getName).orElse(null),
                    hold.held().toMillis(),
                    hold.validity().toMillis(),
                    hold.renewed());
        }
    }

    record WaitReport(String name, @Nullable String thread, long waited) {

        static WaitReport of(LocalLock.Wait wait) {
            return new WaitReport(
                    wait.name(),
                    wait.thread().map(Thread::getName).orElse(null),
                    wait.waited().toMillis());
        }
    }
}
