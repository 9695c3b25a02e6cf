package io.distlock.autoconfigure;

import io.distlock.core.DistributedLocker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Looks at the stores before anything locks, and closes the lockers when nothing does any more: after the web server has
 * drained and the executors have stopped, before the connections are closed. A context that is only stopped, and may be
 * started again, keeps its lockers.
 */
final class LockerLifecycle implements SmartLifecycle {

    /** Executors and schedulers are at half of the largest number, connection factories at zero. */
    static final int PHASE = Integer.MAX_VALUE / 4;

    private final ConfigurableApplicationContext context;

    private final StartupCheck check;

    private volatile boolean running;

    LockerLifecycle(ConfigurableApplicationContext context, StartupCheck check) {
        this.context = context;
        this.check = check;
    }

    @Override
    public void start() {
        this.running = true;
        Map<String, DistributedLocker> lockers = lockers();
        lockers.values().forEach(DistributedLocker::start);
        lockers.forEach(this.check::run);
    }

    @Override
    public void stop() {
        this.running = false;
        if (this.context.isClosed()) {
            closeAll(List.copyOf(lockers().values()));
        }
    }

    private Map<String, DistributedLocker> lockers() {
        return this.context.getBeansOfType(DistributedLocker.class);
    }

    /** At once, since each waits for its leases; one that fails keeps no other from closing, and no failure is dropped. */
    private static void closeAll(List<DistributedLocker> lockers) {
        List<CompletableFuture<Void>> closings = lockers.stream()
                .map(locker ->
                        CompletableFuture.runAsync(locker::close, task -> new Thread(task, "distlock-close").start()))
                .toList();
        List<Throwable> failures = new ArrayList<>();
        for (CompletableFuture<Void> closing : closings) {
            try {
                closing.join();
            } catch (CompletionException failure) {
                failures.add(failure.getCause());
            }
        }
        if (!failures.isEmpty()) {
            IllegalStateException failed = new IllegalStateException("Not all lockers could be closed");
            failures.forEach(failed::addSuppressed);
            throw failed;
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
