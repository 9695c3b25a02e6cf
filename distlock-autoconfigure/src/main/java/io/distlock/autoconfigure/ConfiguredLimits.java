package io.distlock.autoconfigure;

import io.distlock.LeaseScope;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.aspect.LockerLimits;
import io.distlock.core.DistributedLocker;
import java.time.Duration;
import org.springframework.beans.factory.BeanFactory;

/** As lockers are configured; of one that the application makes itself nothing is known, so it refuses nothing. */
record ConfiguredLimits(BeanFactory beans, DistlockProperties properties, LockersProperties lockers)
        implements LockerLimits {

    @Override
    public Duration longestTtl(String locker) {
        return this.lockers.maxTtl(locker, this.properties.terms());
    }

    @Override
    public boolean canShare(String locker) {
        return !(find(locker) instanceof DistributedLocker ours) || ours.canShare();
    }

    private Locker find(String locker) {
        return locker.equals(LeaseScope.DEFAULT_LOCKER)
                ? this.beans.getBean(Locker.class)
                : this.beans.getBean(Lockers.class).get(locker);
    }
}
