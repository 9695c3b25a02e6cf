package io.distlock.autoconfigure;

import io.distlock.LockListener;
import io.distlock.LockLost;
import org.springframework.context.ConfigurableApplicationContext;

/** Makes each loss an event of the application: {@code @EventListener void on(LockLost lost)}. */
record LossEvents(ConfigurableApplicationContext context) implements LockListener {

    @Override
    public void onLost(LockLost lost) {
        if (this.context.isActive()) {
            this.context.publishEvent(lost);
        }
    }
}
