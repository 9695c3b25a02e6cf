package io.distlock.autoconfigure;

import io.distlock.aspect.DistributedLockCheck;
import io.distlock.aspect.InvalidLockAnnotationException;
import io.distlock.autoconfigure.DistlockProperties.OnFailure;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Acts on annotations that cannot work, before anything is started. */
record AnnotationVerification(DistributedLockCheck check, OnFailure onFailure) implements SmartInitializingSingleton {

    private static final Log LOGGER = LogFactory.getLog(AnnotationVerification.class);

    @Override
    public void afterSingletonsInstantiated() {
        if (this.onFailure == OnFailure.OFF) {
            return;
        }
        List<InvalidLockAnnotationException> problems = this.check.problems();
        if (this.onFailure == OnFailure.FAIL && !problems.isEmpty()) {
            InvalidLockAnnotationException first = problems.get(0);
            problems.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
        problems.forEach(problem -> LOGGER.warn(problem.getMessage() + " " + problem.remedy()));
    }
}
