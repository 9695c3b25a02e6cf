package io.distlock.benchmarks.subject;

/**
 * {@link BareRelay} with what is promised of every lease, in as few commands as we know how: whoever stands in line counts as alive
 * for a while only, each grant has a fence above all earlier ones, whatever the clock does, a release that is sent twice is
 * answered twice the same, and no key outlives its use. Nobody renews, or asks again; both would cost more.
 */
final class LeasedRelay implements RelayRequests {

    private static final String ALIVE_MICROS = "5000000";

    private static final String LINE_MILLIS = "6250";

    private static final String RECORD_MILLIS = "3600000";

    /** The record is the last fence, then the ends of the tokens that were released last. */
    private static final String READ = "local clock = redis.call('time') "
            + "local now = clock[1] * 1000000 + clock[2] "
            + "local last, ended = string.match(redis.call('get', KEYS[3]) or '0 ', '^(%d+) (.*)$') "
            + "local fence = string.format('%.0f', math.max(now, last + 1)) "
            + "local function stand(token) "
            + "redis.call('rpush', KEYS[2], string.format('%.0f ', now + " + ALIVE_MICROS + ") .. token) "
            + "redis.call('pexpire', KEYS[2], " + LINE_MILLIS + ") end "
            + "local function grant(token) "
            + "redis.call('set', KEYS[1], token, 'PX', ARGV[2]) "
            + "redis.call('set', KEYS[3], fence .. ' ' .. ended, 'PX', " + RECORD_MILLIS + ") end ";

    private static final String ASK = READ
            + "if redis.call('exists', KEYS[1]) == 0 then grant(ARGV[1]) return tonumber(fence) end "
            + "stand(ARGV[1]) return 0";

    private static final String RELEASE = READ
            + "local mine = string.sub(ARGV[1], 38) "
            + "if redis.call('get', KEYS[1]) ~= ARGV[1] then "
            + "return string.find(ended, mine, 1, true) and 1 or 0 end "
            + "ended = string.sub(ended .. mine, -200) "
            + "local entry, mark, next "
            + "repeat entry = redis.call('lpop', KEYS[2]) "
            + "mark, next = string.match(entry or '', '^(%d+) (.*)$') "
            + "until not entry or tonumber(mark) > now "
            + "if not entry and ARGV[3] then grant(ARGV[3]) return tonumber(fence) end "
            + "if not entry then redis.call('del', KEYS[1]) "
            + "redis.call('set', KEYS[3], last .. ' ' .. ended, 'PX', " + RECORD_MILLIS + ") return 1 end "
            + "grant(next) "
            + "if ARGV[3] then stand(ARGV[3]) end "
            + "redis.call('publish', string.sub(next, 1, 36), next .. ' ' .. fence) return 1";

    private final Inbox inbox;

    private final String ask;

    private final String release;

    LeasedRelay(Inbox inbox) {
        this.inbox = inbox;
        this.ask = inbox.load(ASK);
        this.release = inbox.load(RELEASE);
    }

    @Override
    public long ask(String key, String token) {
        return this.inbox.call(this.ask, keys(key), token, this.inbox.ttl());
    }

    @Override
    public long relay(String key, String held, String next) {
        return this.inbox.call(this.release, keys(key), held, this.inbox.ttl(), next);
    }

    @Override
    public long release(String key, String held) {
        return this.inbox.call(this.release, keys(key), held, this.inbox.ttl());
    }

    private static String[] keys(String key) {
        return new String[] {key, key + ":line", key + ":record"};
    }
}
