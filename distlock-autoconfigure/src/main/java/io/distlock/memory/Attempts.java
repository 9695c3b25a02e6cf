package io.distlock.memory;

import java.util.ArrayDeque;

/** The last few attempts that ended in one way: enough for every question that may still be under way. */
final class Attempts {

    private static final int KEPT = 8;

    /** Of a lock that many share, many questions are under way. */
    private static final int KEPT_OF_SHARERS = 100;

    private final ArrayDeque<String> last = new ArrayDeque<>(1);

    void add(String attempt, boolean shared) {
        int kept = shared ? KEPT_OF_SHARERS : KEPT;
        while (this.last.size() >= kept) {
            this.last.removeFirst();
        }
        this.last.add(attempt);
    }

    void remove(String attempt) {
        this.last.remove(attempt);
    }

    boolean contains(String attempt) {
        for (String one : this.last) {
            // texts that begin alike are told apart sooner by what is known of them whole
            if (one.hashCode() == attempt.hashCode() && one.equals(attempt)) {
                return true;
            }
        }
        return false;
    }
}
