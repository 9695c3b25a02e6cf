package io.distlock.benchmarks.subject;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** One line of this JVM for each key. */
final class Lines {

    private final ConcurrentMap<String, Line> known = new ConcurrentHashMap<>();

    private final Function<String, Line> opening;

    Lines(Function<String, Line> opening) {
        this.opening = opening;
    }

    Subject.Held enter(String key) throws Exception {
        Line line = this.known.computeIfAbsent(key, this.opening);
        line.enter();
        return line;
    }

    /** Whoever has entered holds the lock until the release. */
    interface Line extends Subject.Held {

        void enter() throws Exception;
    }
}
