package io.distlock.actuate;

import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.WatchedLocker;
import java.util.Set;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether a locker could lock: asks its store whether it would grant a lock, and takes none. */
public final class LockHealthIndicator extends AbstractHealthIndicator {

    private static final String KEY = "distlock-health-check";

    private final Locker locker;

    public LockHealthIndicator(Locker locker) {
        super("The store of the locks does not answer");
        this.locker = locker;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        try {
            ask();
            builder.up();
        } catch (LockUnavailableException silent) {
            builder.down(silent);
        }
        // after the question, whose answers tell of them too
        if (this.locker instanceof WatchedLocker watched) {
            Set<String> degradations = watched.degradations();
            if (!degradations.isEmpty()) {
                builder.withDetail("degraded", degradations);
            }
        }
    }

    private void ask() {
        if (this.locker instanceof WatchedLocker watched) {
            watched.probe();
        } else {
            this.locker.inspect(KEY);
        }
    }
}
