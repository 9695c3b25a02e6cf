package io.distlock.autoconfigure;

import io.distlock.LockListener;
import io.distlock.LockTracing;
import io.distlock.RetryStrategy;
import io.distlock.TokenGenerator;
import io.distlock.autoconfigure.DistlockProperties.WaitStrategy;
import io.distlock.core.DistributedLocker;
import io.distlock.core.Instance;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the lockers that are configured. */
final class LockerMaker {

    private final Instance instance;

    private final DistlockProperties properties;

    private final LockersProperties named;

    private final List<LockDriverFactory> drivers;

    private final TokenGenerator tokens;

    private final List<LockListener> listeners;

    private final @Nullable LockTracing tracing;

    private final @Nullable RetryStrategy retry;

    LockerMaker(
            Instance instance,
            DistlockProperties properties,
            LockersProperties named,
            List<LockDriverFactory> drivers,
            TokenGenerator tokens,
            List<LockListener> listeners,
            @Nullable LockTracing tracing,
            @Nullable RetryStrategy retry) {
        this.instance = instance;
        this.properties = properties;
        this.named = named;
        this.drivers = drivers;
        this.tokens = tokens;
        this.listeners = listeners;
        this.tracing = tracing;
        this.retry = retry;
    }

    private LockerTerms terms() {
        LockerTerms written = this.properties.terms();
        return this.retry == null ? written : written.retrying(this.retry);
    }

    DistributedLocker defaultLocker() {
        return make("distlock", terms(), this.instance);
    }

    DistributedLocker named(String name) {
        return make(LockersProperties.PATH + "." + name, this.named.terms(name, terms()), this.instance.another());
    }

    /** Whether the locker that is this bean is to be woken by messages, or not to start. */
    boolean needsMessages(String bean) {
        String name = BeanLockers.name(bean);
        LockerTerms own = this.properties.terms();
        LockerTerms terms = bean.equals(name) ? own : this.named.terms(name, own);
        return terms.waitStrategy() == WaitStrategy.NOTIFY;
    }

    private DistributedLocker make(String path, LockerTerms terms, Instance instance) {
        LockDriver driver =
                new LockDriverChoice(path, this.drivers).make(terms.driver(), terms.driverSettings(instance));
        return DistributedLocker.create(
                terms.lockerSettings(), instance, driver, this.tokens, this.listeners, this.tracing);
    }
}
