package io.distlock.aspect;

import io.distlock.LockEvent;
import io.distlock.LockListener;
import io.distlock.LockUnavailableException;
import java.time.Duration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ListableBeanFactory;

/** Tells listeners that work runs without its lock, which no locker knows. */
final class Proceeding {

    private static final Log LOGGER = LogFactory.getLog(Proceeding.class);

    private Proceeding() {}

    static void tell(ListableBeanFactory beans, LockLabel label, LockUnavailableException cause) {
        LockEvent event = new LockEvent(0, label.locker(), label.name(), cause.keys(), 0, Duration.ZERO, Duration.ZERO);
        beans.getBeanProvider(LockListener.class).orderedStream().forEach(listener -> {
            try {
                listener.onProceeded(event, cause);
            } catch (RuntimeException | Error failure) {
                LOGGER.warn("A listener of distlock failed; the work goes on", failure);
            }
        });
    }
}
