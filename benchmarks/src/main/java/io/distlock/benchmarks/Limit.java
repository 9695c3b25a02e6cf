package io.distlock.benchmarks;

import io.distlock.benchmarks.server.LockScripts;
import io.distlock.benchmarks.server.RedisAddress;
import io.distlock.benchmarks.server.RedisProbe.Work;
import io.distlock.benchmarks.server.Resp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * What one Redis carries when its clients cost next to nothing: the commands of locks, a hundred at once, over two
 * sockets. distlock's own clients wait for each answer; so this is the server's limit and not what they reach.
 */
final class Limit {

    private static final int SOCKETS = 2;

    private static final int AT_ONCE = 100;

    private static final int RENEWED_TOGETHER = 450;

    private static final String TOKEN = "orders@host-7/4242:AAAAAAAAAAAAAAAAAAAAAA";

    private static final String DELETE =
            "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

    /** The same arguments as distlock's scripts, of which they do the least. */
    private static final String SET_ONLY =
            "if redis.call('set', KEYS[1], ARGV[3], 'NX', 'PX', ARGV[5]) then return {{1}} end return {{0}}";

    private static final String DELETE_ONLY =
            "if redis.call('get', KEYS[1]) == ARGV[3] then return {redis.call('del', KEYS[1])} end return {0}";

    private static final String SET_WITH_FENCE = "local clock = redis.call('time') "
            + "local fence = clock[1] * 1000000 + clock[2] "
            + "local record = redis.call('get', KEYS[2]) "
            + "local last = record and tonumber(string.sub(record, 1, 16)) or 0 "
            + "if last < fence and redis.call('set', KEYS[1], ARGV[3], 'NX', 'PX', ARGV[5]) then "
            + "redis.call('set', KEYS[2], string.format('%.0f', fence) .. ARGV[4], 'PX', ARGV[1]) "
            + "return {{1, fence}} end return {{0}}";

    private static final String DELETE_AND_REMEMBER = "if redis.call('get', KEYS[1]) == ARGV[3] then "
            + "redis.call('del', KEYS[1]) redis.call('append', KEYS[2], ARGV[4]) return {1} end return {0}";

    private final Duration time;

    private final Bench bench;

    private final LockScripts scripts;

    private final LockScripts bare;

    private final LockScripts fenced;

    private final String delete;

    Limit(Options options, Bench bench) throws IOException {
        this.time = options.time();
        this.bench = bench;
        try (Resp redis = new Resp(bench.redis())) {
            this.scripts = LockScripts.load(redis);
            this.bare = this.scripts.with(redis, SET_ONLY, DELETE_ONLY);
            this.fenced = this.scripts.with(redis, SET_WITH_FENCE, DELETE_AND_REMEMBER);
            this.delete = String.valueOf(redis.call("SCRIPT", "LOAD", DELETE));
        }
    }

    /** Commands for so many locks, by the number of the round and the keys' prefix. */
    private interface Round {

        List<String[]> commands(String prefix, long number);
    }

    String table() throws IOException, InterruptedException {
        Table table = new Table(List.of("what", "per second", "Redis CPU %", "Redis µs each"));
        table.row(row("SET NX PX, and compare-and-delete", AT_ONCE, this::plainLocks));
        table.row(row("the same by two scripts of as many arguments", AT_ONCE, locks(this.bare)));
        table.row(row("with a fence, and a release that is remembered", AT_ONCE, locks(this.fenced)));
        table.row(row("acquire and release", AT_ONCE, locks(this.scripts)));
        table.row(row("renewals, each a request (as in a cluster)", AT_ONCE, this::renewals));
        table.row(row("renewals, " + RENEWED_TOGETHER + " in a request", RENEWED_TOGETHER, this::renewalsTogether));
        return table.toString();
    }

    private List<String[]> plainLocks(String prefix, long round) {
        List<String[]> commands = new ArrayList<>();
        for (String key : keys(prefix, AT_ONCE)) {
            commands.add(new String[] {"SET", key, TOKEN, "NX", "PX", "30000"});
            commands.add(new String[] {"EVALSHA", this.delete, "1", key, TOKEN});
        }
        return commands;
    }

    private static Round locks(LockScripts scripts) {
        return (prefix, round) -> {
            List<String[]> commands = new ArrayList<>();
            for (String key : keys(prefix, AT_ONCE)) {
                String attempt = Long.toString(round, Character.MAX_RADIX);
                commands.add(scripts.acquire(key, TOKEN + attempt, attempt));
                commands.add(scripts.release(key, TOKEN + attempt, attempt));
            }
            return commands;
        };
    }

    private List<String[]> renewals(String prefix, long round) {
        List<String> keys = keys(prefix, AT_ONCE);
        return round == 0
                ? taken(keys)
                : keys.stream()
                        .map(key -> this.scripts.renew(List.of(key), TOKEN, "a"))
                        .toList();
    }

    private List<String[]> renewalsTogether(String prefix, long round) {
        List<String> keys = keys(prefix, RENEWED_TOGETHER);
        return round == 0 ? taken(keys) : List.<String[]>of(this.scripts.renew(keys, TOKEN, "a"));
    }

    private List<String[]> taken(List<String> keys) {
        return keys.stream().map(key -> this.scripts.acquire(key, TOKEN, "a")).toList();
    }

    private static List<String> keys(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(number -> prefix + number).toList();
    }

    private List<String> row(String what, int each, Round round) throws IOException, InterruptedException {
        LongAdder rounds = new LongAdder();
        long end = System.nanoTime() + this.time.multipliedBy(2).toNanos();
        List<CompletableFuture<Void>> sockets = IntStream.range(0, SOCKETS)
                .mapToObj(number -> CompletableFuture.runAsync(
                        () -> ask(this.bench.redis(), round, what + "-" + number + "-", end, rounds)))
                .toList();
        Thread.sleep(this.time.toMillis() / 2);
        Work before = this.bench.probe().read();
        long roundsBefore = rounds.sum();
        long start = System.nanoTime();
        Thread.sleep(this.time.toMillis());
        long done = (rounds.sum() - roundsBefore) * each;
        double seconds = (System.nanoTime() - start) / 1e9;
        Work work = this.bench.probe().read().since(before);
        sockets.forEach(CompletableFuture::join);
        return List.of(
                what,
                Table.number(done / seconds),
                Table.number(100 * work.cpuSeconds() / seconds),
                Table.number(work.cpuSeconds() * 1e6 / done));
    }

    private static void ask(RedisAddress address, Round round, String prefix, long end, LongAdder rounds) {
        try (Resp redis = new Resp(address)) {
            for (long number = 0; System.nanoTime() - end < 0; number++) {
                redis.pipeline(round.commands(prefix, number));
                rounds.increment();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
