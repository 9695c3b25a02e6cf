package io.distlock.benchmarks.subject;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Unique texts at no cost, so that a yardstick is not measured by its random numbers. */
final class Tokens {

    private final String start;

    private final AtomicLong last = new AtomicLong();

    Tokens() {
        this(UUID.randomUUID().toString());
    }

    /** @param owner with which each begins */
    Tokens(String owner) {
        this.start = owner + ":";
    }

    String next() {
        return this.start + this.last.incrementAndGet();
    }
}
