package io.distlock.benchmarks.subject;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@link Baton} with one place in line for all threads of a JVM, and one request for each lock: the release takes that
 * place again for the next of them in the same step.
 */
final class Relay implements Subject {

    private final Lines lines = new Lines(Line::new);

    private final Inbox inbox;

    private final RelayRequests redis;

    Relay(SubjectSettings settings, Function<Inbox, RelayRequests> requests) {
        this.inbox = new Inbox(settings);
        this.redis = requests.apply(this.inbox);
    }

    @Override
    public Held acquire(String key) throws Exception {
        return this.lines.enter(key);
    }

    @Override
    public void close() {
        this.inbox.close();
    }

    private final class Line implements Lines.Line {

        private final ReentrantLock inside = new ReentrantLock(true);

        private final String key;

        /** Which stands in line, or holds; null = none does. */
        private @Nullable String token;

        private long fence;

        Line(String key) {
            this.key = key;
        }

        @Override
        public void enter() throws Exception {
            this.inside.lock();
            String standing = this.token;
            if (standing == null) {
                standing = inbox.newToken();
                this.token = standing;
                granted(standing, redis.ask(this.key, standing));
            }
            long before = this.fence;
            this.fence = inbox.awaitTurnOf(standing);
            if (this.fence != Inbox.NO_FENCE && this.fence <= before) {
                throw new IllegalStateException("Fence " + this.fence + " after " + before);
            }
        }

        @Override
        public boolean release() {
            String held = Objects.requireNonNull(this.token);
            long answer;
            if (this.inside.hasQueuedThreads()) {
                String next = inbox.newToken();
                this.token = next;
                answer = redis.relay(this.key, held, next);
                granted(next, answer);
            } else {
                this.token = null;
                answer = redis.release(this.key, held);
            }
            this.inside.unlock();
            return answer != RelayRequests.LOST;
        }

        private void granted(String token, long answer) {
            if (answer > RelayRequests.HANDED_ON) {
                inbox.turnOf(token, answer == RelayRequests.FREE ? Inbox.NO_FENCE : answer);
            }
        }
    }
}
