package io.distlock.benchmarks;

import io.distlock.benchmarks.server.LockScripts;
import io.distlock.benchmarks.server.RedisProbe.Questions;
import io.distlock.benchmarks.server.Resp;
import io.distlock.benchmarks.subject.Baton;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a script takes Redis that has had nothing to do before: what a lock costs that goes from hand to hand a few
 * hundred times a second, when the caches of the processor hold other things. distlock's hand-over is the one that takes
 * the next place in line with it.
 */
final class Idle {

    private static final List<Duration> PAUSES = List.of(
            Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(15), Duration.ofMillis(50));

    /** Of one row, so that no row takes longer than its time. */
    private static final int MOST = 200;

    private static final String HELD = "held";

    private static final String BATON_INBOX = "x".repeat(36);

    private final Options options;

    private final Bench bench;

    private final Resp redis;

    private final LockScripts scripts;

    private final String nothing;

    private final String baton;

    /** Hand-overs so far. */
    private long done;

    private long batonsDone;

    private Idle(Options options, Bench bench, Resp redis) throws IOException {
        this.options = options;
        this.bench = bench;
        this.redis = redis;
        this.scripts = LockScripts.load(redis);
        this.nothing = String.valueOf(redis.call("SCRIPT", "LOAD", "return 1"));
        this.baton = String.valueOf(redis.call("SCRIPT", "LOAD", Baton.RELEASE));
    }

    static String table(Options options, Bench bench) throws IOException, InterruptedException {
        try (Resp redis = new Resp(bench.redis());
                Resp listener = new Resp(bench.redis())) {
            listener.call("SUBSCRIBE", LockScripts.INBOX);
            listener.call("SUBSCRIBE", BATON_INBOX);
            Thread drain = new Thread(() -> drain(listener), "drain");
            drain.setDaemon(true);
            drain.start();
            return new Idle(options, bench, redis).table();
        }
    }

    private static void drain(Resp listener) {
        try {
            while (true) {
                listener.answer();
            }
        } catch (IOException closed) {
            // the table is done
        }
    }

    /** The next request of its kind, and what has to be there before. */
    private interface Request {

        String[] next() throws IOException;
    }

    private String table() throws IOException, InterruptedException {
        this.redis.call(this.scripts.acquire(HELD, token(0), attempt(0)));
        this.redis.call(this.scripts.stand(HELD, token(1), attempt(1), member(1)));
        Table table = new Table(List.of("idle before, ms", "nothing, µs", "baton's hand-over, µs", "distlock's, µs"));
        for (Duration pause : PAUSES) {
            table.row(List.of(
                    Long.toString(pause.toMillis()),
                    micros(pause, () -> new String[] {"EVALSHA", this.nothing, "0"}),
                    micros(pause, this::batonHandedOn),
                    micros(pause, this::handedOn)));
        }
        return table.toString();
    }

    private String[] batonHandedOn() throws IOException {
        String token = BATON_INBOX + this.batonsDone++;
        this.redis.call("SET", "baton", token);
        this.redis.call("RPUSH", "baton:line", BATON_INBOX + this.batonsDone);
        return new String[] {"EVALSHA", this.baton, "2", "baton", "baton:line", token, "30000"};
    }

    private String[] handedOn() {
        long held = this.done++;
        return this.scripts.handOn(HELD, token(held), attempt(held), token(held + 2), attempt(held + 2), member(held));
    }

    private String micros(Duration pause, Request request) throws IOException, InterruptedException {
        double[] rounds = new double[this.options.rounds()];
        for (int round = 0; round < rounds.length; round++) {
            rounds[round] = once(pause, request);
        }
        return Table.number(Medians.middle(rounds));
    }

    private double once(Duration pause, Request request) throws IOException, InterruptedException {
        long most = Math.min(MOST, this.options.time().toMillis() / Math.max(1, pause.toMillis()) + 1);
        Questions before = this.bench.probe().questions();
        for (int i = 0; i < most; i++) {
            String[] next = request.next();
            Thread.sleep(pause.toMillis());
            check(this.redis.call(next));
        }
        Questions work = this.bench.probe().questions().since(before);
        return work.seconds() * 1e6 / work.count();
    }

    /** What is not handed on would be cheaper. */
    private static void check(@Nullable Object answer) {
        boolean well = answer instanceof List<?> both
                ? both.size() == 2
                : Long.valueOf(1).equals(answer);
        if (!well) {
            throw new IllegalStateException("Not handed on: " + answer);
        }
    }

    private static String token(long number) {
        return "orders@host-7/4242:" + attempt(number);
    }

    private static String attempt(long number) {
        return "AAAAAAAAAAAAAAAA" + (100_000 + number);
    }

    private static String member(long number) {
        return "host-7/4242." + number % 2;
    }
}
