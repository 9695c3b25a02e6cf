package io.distlock.benchmarks.subject;

/** One way of locking, as seen from one process. Used by many threads at once. */
public interface Subject extends AutoCloseable {

    /** Waits for the lock, at most {@link SubjectSettings#WAIT}; fails if it does not get it. */
    Held acquire(String key) throws Exception;

    @Override
    void close();

    /** A lock that is held. */
    interface Held {

        /** Gives it back; whether it was still ours, as far as this subject can tell. */
        boolean release() throws Exception;
    }
}
