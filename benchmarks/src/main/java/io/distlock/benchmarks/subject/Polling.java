package io.distlock.benchmarks.subject;

import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Waiting as subjects without a way of waiting must: try again every 10 ms. */
final class Polling {

    static final int MILLIS = 10;

    private Polling() {}

    interface Try {

        Optional<Subject.Held> once() throws Exception;
    }

    static Subject.Held until(Try attempt) throws Exception {
        long deadline = System.nanoTime() + SubjectSettings.WAIT.toNanos();
        while (true) {
            Optional<Subject.Held> held = attempt.once();
            if (held.isPresent()) {
                return held.get();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException();
            }
            Thread.sleep(MILLIS);
        }
    }
}
