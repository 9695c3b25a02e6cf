package io.distlock.benchmarks.subject;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Unique texts at no cost, so that a yardstick is not measured by its random numbers. */
final class Tokens {

    private final String start = UUID.randomUUID() + ":";

    private final AtomicLong last = new AtomicLong();

    String next() {
        return this.start + this.last.incrementAndGet();
    }
}
