package io.distlock.testredis;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for servers, in modules that may not have a library for it. */
final class Patience {

    private Patience() {}

    static void await(Duration most, String what, BooleanSupplier condition) {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("Waited in vain for " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
