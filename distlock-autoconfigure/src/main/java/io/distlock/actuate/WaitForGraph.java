package io.distlock.actuate;

import io.distlock.LockException;
import io.distlock.Lockers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who waits for what while it holds what, as far as it can be reached from those who do so here: over the lines in the
 * store, other instances are seen too. Locks are written as {@code locker/key}.
 *
 * @param edges from a lock that is held to one that its holder waits for
 * @param deadlocks locks none of which will be free before one of their holders gives up
 * @param complete false where there may be more: a store did not answer, or too many locks have to do with it
 */
record WaitForGraph(List<Edge> edges, List<Set<String>> deadlocks, boolean complete) {

    /** So many keys are asked for at most. */
    static final int MOST_ASKED = 50;

    /** @param who a thread and its instance */
    record Edge(String holds, String waitsFor, String who) {

        /** Whether it is the very one that was seen here, where the thread alone says who waits. */
        private boolean isSeenFromAfar(Edge here) {
            return this.holds.equals(here.holds)
                    && this.waitsFor.equals(here.waitsFor)
                    && this.who.endsWith(" " + here.who);
        }
    }

    /** Asks no store unless somebody here waits while holding. */
    static WaitForGraph from(List<WaitingWhileHolding> here, Lockers lockers) {
        Set<Edge> edges = new LinkedHashSet<>();
        Deque<String> next = new ArrayDeque<>();
        for (WaitingWhileHolding one : here) {
            one.holds().forEach(held -> edges.add(new Edge(held, one.waitsFor(), one.thread())));
            next.add(one.waitsFor());
            next.addAll(one.holds());
        }
        Lines lines = new Lines(lockers);
        while (!next.isEmpty()) {
            for (Edge edge : lines.before(next.poll())) {
                if (edges.stream().noneMatch(edge::isSeenFromAfar)) {
                    edges.add(edge);
                }
                next.add(edge.holds());
            }
        }
        return new WaitForGraph(List.copyOf(edges), deadlocks(edges), lines.complete);
    }

    /** The lines in the stores, each asked for once; a store that is silent is not asked again, since each silence is long. */
    private static final class Lines {

        private final Lockers lockers;

        private final Set<String> asked = new HashSet<>();

        private final Set<String> silent = new HashSet<>();

        private boolean complete = true;

        Lines(Lockers lockers) {
            this.lockers = lockers;
        }

        List<Edge> before(String lock) {
            int slash = lock.indexOf('/');
            if (slash < 0 || this.asked.contains(lock)) {
                return List.of();
            }
            String locker = lock.substring(0, slash);
            if (this.asked.size() == MOST_ASKED || this.silent.contains(locker)) {
                this.complete = false;
                return List.of();
            }
            this.asked.add(lock);
            try {
                return this.lockers
                        .get(locker)
                        .inspect(lock.substring(slash + 1))
                        .map(state -> edges(lock, KeyReport.of(locker, state)))
                        .orElse(List.of());
            } catch (LockException silence) {
                this.silent.add(locker);
                this.complete = false;
                return List.of();
            } catch (IllegalArgumentException unknown) {
                // another application's locker
                return List.of();
            }
        }

        private static List<Edge> edges(String lock, KeyReport report) {
            return report.waiting().stream()
                    .flatMap(waiting -> waiting.holds().stream()
                            .map(held -> new Edge(held, lock, waiting.process().instance() + " " + waiting.thread())))
                    .toList();
        }
    }

    private static List<Set<String>> deadlocks(Set<Edge> edges) {
        List<Set<String>> found = new ArrayList<>();
        Set<String> done = new TreeSet<>();
        for (Edge edge : edges) {
            String start = edge.holds();
            Set<String> reached = reachable(start, edges);
            if (!done.contains(start) && reached.contains(start)) {
                Set<String> circle = new TreeSet<>(reached);
                circle.removeIf(lock -> !reachable(lock, edges).contains(start));
                done.addAll(circle);
                found.add(circle);
            }
        }
        return found;
    }

    private static Set<String> reachable(String start, Set<Edge> edges) {
        Set<String> reached = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(List.of(start));
        while (!next.isEmpty()) {
            String lock = next.poll();
            for (Edge edge : edges) {
                if (edge.holds().equals(lock) && reached.add(edge.waitsFor())) {
                    next.add(edge.waitsFor());
                }
            }
        }
        return reached;
    }
}
