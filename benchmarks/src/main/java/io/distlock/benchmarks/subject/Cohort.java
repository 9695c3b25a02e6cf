package io.distlock.benchmarks.subject;

import java.util.concurrent.locks.ReentrantLock;

/** The token, passed on among waiting threads of this JVM up to 64 times or for 10 ms before Redis has it back. */
final class Cohort implements Subject {

    private static final int PASSES = 64;

    private static final long PASSING_NANOS = 10_000_000;

    private final Lines lines = new Lines(Line::new);

    private final TokenQueue tokens;

    Cohort(SubjectSettings settings) {
        this.tokens = new TokenQueue(settings);
    }

    @Override
    public Held acquire(String key) throws Exception {
        return this.lines.enter(key);
    }

    @Override
    public void close() {
        this.tokens.close();
    }

    private final class Line implements Lines.Line {

        private final ReentrantLock inside = new ReentrantLock(true);

        private final String key;

        private boolean ours;

        private int passes;

        private long since;

        Line(String key) {
            this.key = key;
        }

        @Override
        public void enter() throws Exception {
            this.inside.lock();
            if (!this.ours) {
                tokens.take(this.key);
                this.ours = true;
                this.passes = 0;
                this.since = System.nanoTime();
            }
        }

        @Override
        public boolean release() throws Exception {
            boolean pass = this.inside.hasQueuedThreads()
                    && this.passes < PASSES
                    && System.nanoTime() - this.since < PASSING_NANOS;
            if (pass) {
                this.passes++;
            } else {
                this.ours = false;
                tokens.give(this.key);
            }
            this.inside.unlock();
            return true;
        }
    }
}
