package io.distlock.actuate;

import io.distlock.LocalLock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lock that this instance holds or awaits. Times are in milliseconds.
 *
 * @param held null where another instance holds it, or nobody
 */
record LockReport(String locker, String key, @Nullable HoldReport held, List<WaitReport> waiting) {

    static LockReport of(String locker, LocalLock lock) {
        return new LockReport(
                locker,
                lock.key(),
                lock.hold().map(HoldReport::of).orElse(null),
                lock.waits().stream().map(WaitReport::of).toList());
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
