package io.distlock.benchmarks.subject;

/**
 * The least that hands a lock on by a message over the usual client: a list of those who wait, one script to ask and one
 * to release, which tells the next that it has the lock. No fence, no renewal; who dies in line blocks it, and a command sent twice
 * breaks it.
 */
public final class Baton implements Subject {

    static final String ASK = "if redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end "
            + "redis.call('rpush', KEYS[2], ARGV[1]) return 0";

    /** A token begins with the channel on which its owner listens. */
    public static final String RELEASE = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end "
            + "local next = redis.call('lpop', KEYS[2]) "
            + "if next then redis.call('set', KEYS[1], next, 'PX', ARGV[2]) "
            + "redis.call('publish', string.sub(next, 1, 36), next) "
            + "else redis.call('del', KEYS[1]) end return 1";

    private final Inbox inbox;

    private final String ask;

    private final String release;

    Baton(SubjectSettings settings) {
        this.inbox = new Inbox(settings);
        this.ask = this.inbox.load(ASK);
        this.release = this.inbox.load(RELEASE);
    }

    @Override
    public Held acquire(String key) throws Exception {
        String token = this.inbox.newToken();
        if (this.inbox.call(this.ask, key, token) == 1) {
            this.inbox.turnOf(token, Inbox.NO_FENCE);
        }
        this.inbox.awaitTurnOf(token);
        return () -> this.inbox.call(this.release, key, token) == 1;
    }

    @Override
    public void close() {
        this.inbox.close();
    }
}
