package io.distlock.autoconfigure;

import io.distlock.LockUnavailableException;
import io.distlock.autoconfigure.DistlockProperties.OnFailure;
import io.distlock.core.DistributedLocker;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.StoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Asks the store once, about a key that nobody locks, and what it is. */
record StartupCheck(OnFailure onFailure, Predicate<String> needsMessages) {

    private static final Log LOGGER = LogFactory.getLog(StartupCheck.class);

    private static final String KEY = "distlock-startup-check";

    private static final String REMEDY =
            "Check that it runs and that the application may use it (for Redis: 'spring.data.redis.*')";

    private static final String LET_PASS = "Let messages pass, or choose 'wait-strategy: auto'";

    void run(String bean, DistributedLocker locker) {
        if (this.onFailure == OnFailure.OFF) {
            return;
        }
        Optional<StoreReport> report;
        try {
            locker.inspect(KEY);
            report = locker.report();
        } catch (LockUnavailableException unavailable) {
            refuseWhatCanNeverWork(bean, unavailable);
            complain(
                    "The store of " + whose(bean) + " does not answer: " + factOf(unavailable) + ".",
                    "Every call will fail with LockUnavailableException until it answers. ",
                    REMEDY,
                    unavailable);
            return;
        }
        boolean needed = this.needsMessages.test(bean);
        report.ifPresent(known -> tell(bean, known, needed ? Optional.empty() : deafness(locker)));
        if (needed) {
            checkMessages(bean, locker);
        }
    }

    /** What keeps messages from being heard for good; whatever else does, the next waiter finds out. */
    private static Optional<String> deafness(DistributedLocker locker) {
        try {
            locker.awaitMessages();
        } catch (LockUnavailableException deaf) {
            if (deaf.getCause() instanceof LockDriverException trouble && trouble.kind() == Kind.MISCONFIGURED) {
                return Optional.of("It lets this application hear no messages, so callers that wait ask every"
                        + " distlock.poll-interval instead of being woken: " + trouble.getMessage() + ".");
            }
        } catch (UnsupportedOperationException none) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** A store that is away may come back; one that answers that it will not have it needs somebody to change something. */
    private static void refuseWhatCanNeverWork(String bean, LockUnavailableException unavailable) {
        if (unavailable.getCause() instanceof LockDriverException trouble && trouble.kind() == Kind.MISCONFIGURED) {
            throw new ConfigurationException(
                    "The store of " + whose(bean) + " can keep no lock: " + trouble.getMessage() + ".",
                    "Change that, or set 'distlock.startup-check' to 'off' to start without asking it.",
                    unavailable);
        }
    }

    private void checkMessages(String bean, DistributedLocker locker) {
        try {
            locker.awaitMessages();
        } catch (LockUnavailableException | UnsupportedOperationException deaf) {
            complain(
                    "No messages reach " + whose(bean) + ", as 'wait-strategy: notify' demands: " + factOf(deaf) + ".",
                    "Waiting callers will ask again and again instead. " + LET_PASS + ". ",
                    LET_PASS,
                    deaf);
        }
    }

    private void complain(String fact, String consequence, String remedy, RuntimeException cause) {
        if (this.onFailure == OnFailure.FAIL) {
            throw new ConfigurationException(
                    fact, remedy + ", or set 'distlock.startup-check' to 'warn' to start without it.", cause);
        }
        LOGGER.error(fact + " " + consequence + "Set 'distlock.startup-check' to 'fail' to not start without it.");
    }

    private static void tell(String bean, StoreReport report, Optional<String> deafness) {
        String line = "The store of " + whose(bean) + " is " + report.facts() + ".";
        List<String> concerns = new ArrayList<>(report.concerns());
        deafness.ifPresent(concerns::add);
        if (concerns.isEmpty()) {
            LOGGER.info(line);
        } else {
            LOGGER.warn(line + " " + String.join(" ", concerns));
        }
    }

    private static String whose(String bean) {
        String name = BeanLockers.name(bean);
        return bean.equals(name) ? "the locks" : "the locker '" + name + "'";
    }

    private static String factOf(RuntimeException unavailable) {
        Throwable cause = unavailable.getCause();
        return String.valueOf(cause == null ? unavailable.getMessage() : cause.getMessage());
    }
}
