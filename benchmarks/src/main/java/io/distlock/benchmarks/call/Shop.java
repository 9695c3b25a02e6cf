package io.distlock.benchmarks.call;

import io.distlock.annotation.DistributedLock;
import org.springframework.context.annotation.Lazy;
import org.springframework.resilience.annotation.ConcurrencyLimit;

/** What is called. */
class Shop {

    private final Shop self;

    Shop(@Lazy Shop self) {
        this.self = self;
    }

    @ConcurrencyLimit(1)
    long limited(long id) {
        return id;
    }

    @DistributedLock("shop")
    long locked(long id) {
        return id;
    }

    @DistributedLock("order:#{#id}")
    long lockedById(long id) {
        return id;
    }

    @DistributedLock("shop")
    long lockedTwice(long id) {
        return this.self.locked(id);
    }
}
