package io.distlock.autoconfigure;

import io.distlock.core.DistributedLocker;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Looks at the store before anything locks, and closes the locker when nothing does any more: after the web server has
 * drained and the executors have stopped, before the connections are closed. A context that is only stopped, and may be
 * started again, keeps its locker.
 */
final class LockerLifecycle implements SmartLifecycle {

    /** Executors and schedulers are at half of the largest number, connection factories at zero. */
    static final int PHASE = Integer.MAX_VALUE / 4;

    private final ConfigurableApplicationContext context;

    private final DistributedLocker locker;

    private final StartupCheck check;

    private volatile boolean running;

    LockerLifecycle(ConfigurableApplicationContext context, DistributedLocker locker, StartupCheck check) {
        this.context = context;
        this.locker = locker;
        this.check = check;
    }

    @Override
    public void start() {
        this.running = true;
        this.check.run();
    }

    @Override
    public void stop() {
        this.running = false;
        if (this.context.isClosed()) {
            this.locker.close();
        }
    }

    @Override
    public boolean isRunning() {
        return this.running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }
}
