package io.distlock.redis;

import io.netty.util.Timeout;
import io.netty.util.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at all commands under way in rounds, at every tick of the client's timer, and lets those time out that are late.
 * Nearly all are answered before the next round, and an entry of the timer for each costs more than it takes to send it.
 */
final class Rounds {

    /** Less than a tick of any timer: the next one. */
    private static final long SOON = 1;

    private final Timer timer;

    private final Queue<LettuceCommand> begun = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean coming = new AtomicBoolean();

    /** Those that have been seen in a round before; only in a round. */
    private List<LettuceCommand> old = new ArrayList<>();

    Rounds(Timer timer) {
        this.timer = timer;
    }

    /** @throws IllegalStateException when the client has been shut down */
    void watch(LettuceCommand command) {
        this.begun.add(command);
        goOn();
    }

    private void goOn() {
        if (!this.coming.get() && this.coming.compareAndSet(false, true)) {
            try {
                this.timer.newTimeout(this::round, SOON, TimeUnit.MILLISECONDS);
            } catch (IllegalStateException stopped) {
                this.coming.set(false);
                throw stopped;
            }
        }
    }

    private void round(Timeout tick) {
        List<LettuceCommand> still = new ArrayList<>();
        long now = System.nanoTime();
        this.old.forEach(command -> look(command, now, still));
        for (LettuceCommand next = this.begun.poll(); next != null; next = this.begun.poll()) {
            look(next, now, still);
        }
        this.old = still;
        this.coming.set(false);
        if (!still.isEmpty() || !this.begun.isEmpty()) {
            goOn();
        }
    }

    private static void look(LettuceCommand command, long now, List<LettuceCommand> still) {
        if (command.isUnderWay(now)) {
            still.add(command);
        }
    }
}
