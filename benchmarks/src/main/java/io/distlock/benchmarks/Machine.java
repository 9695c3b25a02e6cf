package io.distlock.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/** What the numbers were measured on. */
final class Machine {

    private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getOperatingSystemMXBean();

    private Machine() {}

    static double load() {
        return SYSTEM.getSystemLoadAverage();
    }

    static String text() {
        return "%d processors, %s %s, %s %s"
                .formatted(
                        SYSTEM.getAvailableProcessors(),
                        SYSTEM.getName(),
                        SYSTEM.getVersion(),
                        System.getProperty("java.vm.name"),
                        System.getProperty("java.vm.version"));
    }
}
