package io.distlock.benchmarks.subject;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * {@link Baton} with one place in line for all threads of a JVM, and one request for each lock: the release takes that
 * place again for the next of them in the same step.
 */
final class Relay implements Subject {

    private static final String RELAY = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end "
            + "local next = redis.call('lpop', KEYS[2]) "
            + "if not next then redis.call('set', KEYS[1], ARGV[3], 'PX', ARGV[2]) return 2 end "
            + "redis.call('set', KEYS[1], next, 'PX', ARGV[2]) "
            + "redis.call('rpush', KEYS[2], ARGV[3]) "
            + "redis.call('publish', string.sub(next, 1, 36), next) return 1";

    private static final int OURS = 2;

    private final Lines lines = new Lines(Line::new);

    private final Inbox inbox;

    private final String ask;

    private final String relay;

    private final String release;

    Relay(SubjectSettings settings) {
        this.inbox = new Inbox(settings);
        this.ask = this.inbox.load(Baton.ASK);
        this.relay = this.inbox.load(RELAY);
        this.release = this.inbox.load(Baton.RELEASE);
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
                if (inbox.call(ask, this.key, standing) == 1) {
                    inbox.turnOf(standing);
                }
            }
            inbox.awaitTurnOf(standing);
        }

        @Override
        public boolean release() {
            String held = Objects.requireNonNull(this.token);
            long answer;
            if (this.inside.hasQueuedThreads()) {
                String next = inbox.newToken();
                this.token = next;
                answer = inbox.call(relay, this.key, held, next);
                if (answer == OURS) {
                    inbox.turnOf(next);
                }
            } else {
                this.token = null;
                answer = inbox.call(release, this.key, held);
            }
            this.inside.unlock();
            return answer > 0;
        }
    }
}
