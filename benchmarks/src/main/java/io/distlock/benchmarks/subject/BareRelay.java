package io.distlock.benchmarks.subject;

/** The scripts of {@link Baton}, and one that hands on and takes the next place in line. */
final class BareRelay implements RelayRequests {

    private static final String RELAY = "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end "
            + "local next = redis.call('lpop', KEYS[2]) "
            + "if not next then redis.call('set', KEYS[1], ARGV[3], 'PX', ARGV[2]) return 2 end "
            + "redis.call('set', KEYS[1], next, 'PX', ARGV[2]) "
            + "redis.call('rpush', KEYS[2], ARGV[3]) "
            + "redis.call('publish', string.sub(next, 1, 36), next) return 1";

    private final Inbox inbox;

    private final String ask;

    private final String relay;

    private final String release;

    BareRelay(Inbox inbox) {
        this.inbox = inbox;
        this.ask = inbox.load(Baton.ASK);
        this.relay = inbox.load(RELAY);
        this.release = inbox.load(Baton.RELEASE);
    }

    @Override
    public long ask(String key, String token) {
        return this.inbox.call(this.ask, key, token) == 1 ? FREE : LOST;
    }

    @Override
    public long relay(String key, String held, String next) {
        return this.inbox.call(this.relay, key, held, next);
    }

    @Override
    public long release(String key, String held) {
        return this.inbox.call(this.release, key, held);
    }
}
