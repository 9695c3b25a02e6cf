package io.distlock.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a number of threads do all the time: take a lock, stay inside, give it back, pause.
 *
 * @param id as on the command line
 * @param text what it is, for people
 * @param processes that share the threads
 * @param threads in all
 * @param keys shared by the threads in turn
 * @param section how long a thread stays inside
 * @param pause how long it waits before it asks again
 * @param baseline what the others are compared with
 */
public record Workload(
        String id,
        String text,
        int processes,
        int threads,
        int keys,
        Duration section,
        Duration pause,
        String baseline) {

    /** Ten thousand leases held, which is no loop. */
    public static final String LEASES = "W6";

    /** More and more locks and waiters of distlock alone, which is none either. */
    public static final String GROWTH = "growth";

    /** What one Redis carries at most. */
    public static final String LIMIT = "limit";

    /** What a hand-over costs a Redis that has rested. */
    public static final String IDLE = "idle";

    private static final List<String> NO_LOOPS = List.of(LEASES, GROWTH, LIMIT, IDLE);

    private static final Duration NONE = Duration.ZERO;

    static boolean isLoop(String id) {
        return !NO_LOOPS.contains(id);
    }

    public static Workload of(String id) {
        if (id.startsWith("W5/")) {
            return handOver(id, Integer.parseInt(id.substring(3)));
        }
        return switch (id) {
            case "W1" -> new Workload(id, "1 thread, own key", 1, 1, 1, NONE, NONE, "raw");
            case "W2" -> new Workload(id, "32 threads, each its own key", 1, 32, 32, NONE, NONE, "raw");
            case "W3" -> new Workload(id, "1 key, 16 threads in one JVM", 1, 16, 1, NONE, NONE, "redisson");
            case "W4" -> new Workload(id, "1 key, 4 JVMs x 4 threads", 4, 16, 1, NONE, NONE, "redisson");
            case "W7" ->
                new Workload(
                        id,
                        "200 threads over 50 keys in one JVM, section 1 ms",
                        1,
                        200,
                        50,
                        Duration.ofMillis(1),
                        NONE,
                        "redisson");
            default ->
                throw new IllegalArgumentException(
                        "No workload '" + id + "'; there are W1 to W7, growth, limit and idle");
        };
    }

    /** The ids on the command line, where W5 stands for three. */
    public static List<String> expand(List<String> ids) {
        List<String> expanded = new ArrayList<>();
        for (String id : ids) {
            expanded.addAll(id.equals("W5") ? List.of("W5/1", "W5/16", "W5/256") : List.of(id));
        }
        return expanded;
    }

    private static Workload handOver(String id, int waiters) {
        return new Workload(
                id,
                "1 key, " + waiters + " waiting in 2 JVMs, section 5 ms, pause 2 ms",
                2,
                waiters + 1,
                1,
                Duration.ofMillis(5),
                Duration.ofMillis(2),
                "redisson");
    }

    /** Whether what counts is how a lock goes from one process to another. */
    public boolean isHandOver() {
        return this.processes == 2;
    }

    public int keyOf(int thread) {
        return thread % this.keys;
    }

    public int processOf(int thread) {
        return thread % this.processes;
    }
}
