package io.distlock.autoconfigure;

import io.distlock.observe.LockMeters;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Shows the locks of annotated methods at zero before they are first used, so that alerts have something to look at. */
record AnnotatedLockMeters(AnnotationVerification annotations, LockMeters meters)
        implements SmartInitializingSingleton {

    @Override
    public void afterSingletonsInstantiated() {
        this.annotations.check().labels().forEach(label -> this.meters.register(label.locker(), label.name()));
    }
}
