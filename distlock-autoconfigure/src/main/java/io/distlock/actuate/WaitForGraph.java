package io.distlock.actuate;

import io.distlock.LockException;
import io.distlock.Lockers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
 */
record WaitForGraph(List<Edge> edges, List<Set<String>> deadlocks) {

    /** So many keys are asked for at most. */
    private static final int MOST_ASKED = 50;

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
        Set<String> asked = new LinkedHashSet<>();
        while (!next.isEmpty() && asked.size() < MOST_ASKED) {
            String lock = next.poll();
            if (asked.add(lock)) {
                for (Edge edge : inLine(lock, lockers)) {
                    if (edges.stream().noneMatch(edge::isSeenFromAfar)) {
                        edges.add(edge);
                    }
                    next.add(edge.holds());
                }
            }
        }
        return new WaitForGraph(List.copyOf(edges), deadlocks(edges));
    }

    private static List<Edge> inLine(String lock, Lockers lockers) {
        int slash = lock.indexOf('/');
        String locker = lock.substring(0, slash);
        String key = lock.substring(slash + 1);
        List<Edge> edges = new ArrayList<>();
        try {
            lockers.get(locker)
                    .inspect(key)
                    .map(state -> KeyReport.of(locker, state))
                    .ifPresent(report -> report.waiting()
                            .forEach(waiting -> waiting.holds()
                                    .forEach(held -> edges.add(new Edge(
                                            held, lock, waiting.process().instance() + " " + waiting.thread())))));
        } catch (LockException | IllegalArgumentException unknown) {
            // another application's locker, or a silent store: what cannot be seen is not drawn
            return List.of();
        }
        return edges;
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
