package io.distlock.redis;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.FreeingDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockDriverException.Kind;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.Renewal;
import io.distlock.driver.RenewalAnswers;
import io.distlock.driver.ReportingDriver;
import io.distlock.driver.SeveralKeysDriver;
import io.distlock.driver.SharingDriver;
import io.distlock.driver.StoreReport;
import io.distlock.driver.VotingDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Locks in Redis: one script, so one round trip, for every question. */
final class RedisLockDriver implements SharingDriver, FreeingDriver, SeveralKeysDriver, VotingDriver, ReportingDriver {

    /**
     * Locks of one script that renews or asks again. It answers for each by itself, under {@code pcall}, so a hundred would
     * be no safer than more; what speaks for few is that the server does nothing else meanwhile, and for many that each
     * request costs both ends. 10,000 leases with a ttl of 6 s are renewed every 2 s: by hundreds in 50 requests a second
     * and more, by 450 in 22. Such a script of renewals takes the server about 2 ms, of questions in line up to 9 (see
     * docs/sizing.md), as much as one request of any client that reads a thousand keys.
     */
    static final int BATCH = 450;

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);

    private static final String[] NOTHING = {};

    private final RedisLink link;

    private final DriverSettings settings;

    private final String inbox;

    /** The inbox, and whether its subscribers can be counted. */
    private final String channel;

    private final String inboxStart;

    private final String retention;

    /** Whether keys of several locks may stand in one script: not in a cluster, nor where a proxy has refused it. */
    private final AtomicBoolean together;

    private final RedisRenewals renewals;

    private final RedisTogether several;

    private final Replication replication;

    RedisLockDriver(RedisLink link, DriverSettings settings) {
        this.link = link;
        this.settings = settings;
        this.inboxStart = RedisKeys.inbox(settings.prefix(), "");
        this.inbox = RedisKeys.inbox(settings.prefix(), settings.instance());
        this.channel = (link.isOneServer() ? "1" : "0") + this.inbox;
        this.together = new AtomicBoolean(!link.isCluster());
        this.renewals = new RedisRenewals(link, this.together, settings.recordRetention(), this::timeout);
        this.retention = Arguments.millis(settings.recordRetention());
        this.several = new RedisTogether(link, this.retention, this.channel);
        this.replication = new Replication(link, settings.replicas());
    }

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        Arguments arguments = start(Arguments.QUESTION);
        arguments.add(claim);
        return ask(claim, arguments);
    }

    @Override
    public CompletionStage<Attempt> line(Question question) {
        Arguments arguments = start(Arguments.QUESTION);
        arguments.add(question, true, this.link.isListening());
        return ask(question.claim(), arguments);
    }

    @Override
    public CompletionStage<Attempt> lastTry(Question question) {
        Arguments arguments = start(Arguments.QUESTION);
        arguments.add(question, false, this.link.isListening());
        return ask(question.claim(), arguments);
    }

    private CompletionStage<Attempt> ask(Claim claim, Arguments arguments) {
        Duration timeout = timeout(claim.ttl());
        CompletionStage<Attempt> answer = this.link
                .run(question(claim), timeout, keys(claim.key()).array(), arguments.array())
                .thenApply(reply -> RedisReplies.attempt(reply.get(0)));
        return this.replication.copied(claim.key(), answer, timeout);
    }

    /** To one who would share it, a lock is never as simple as to one who wants it alone. */
    private static Script question(Claim claim) {
        return claim.isShared() ? Script.ACQUIRE_SHARED : Script.ACQUIRE;
    }

    @Override
    public List<CompletionStage<Attempt>> line(List<Question> questions) {
        if (questions.size() == 1 || !this.together.get()) {
            return questions.stream().map(this::line).toList();
        }
        List<CompletionStage<Attempt>> answers =
                inBatches(questions, this::lineTogether, RedisReplies::attempt, this::line);
        for (int i = 0; i < answers.size(); i++) {
            Claim claim = questions.get(i).claim();
            answers.set(i, this.replication.copied(claim.key(), answers.get(i), timeout(claim.ttl())));
        }
        return answers;
    }

    private CompletableFuture<List<Object>> lineTogether(List<Question> batch) {
        String[] keys = new String[4 * batch.size()];
        Arguments arguments = start(Arguments.QUESTION * batch.size());
        for (int i = 0; i < batch.size(); i++) {
            keys(batch.get(i).claim().key()).copyTo(keys, 4 * i);
            arguments.add(batch.get(i), true, this.link.isListening());
        }
        return this.link.run(question(batch.get(0).claim()), this.settings.commandTimeout(), keys, arguments.array());
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        Arguments arguments = start(Arguments.RELEASE);
        arguments.add(release);
        long losses = this.link.losses();
        return end(release.hold(), arguments).thenApply(reply -> known(RedisReplies.ownership(reply.get(0)), losses));
    }

    /** @param losses before it was asked */
    private Ownership known(Ownership found, long losses) {
        if (isKnown(found, losses)) {
            return found;
        }
        throw new LockDriverException(
                Kind.UNANSWERED,
                "the connection to Redis was lost while a lock was released, which was then asked for once more:"
                        + " whether the lock had been released by the first time Redis does not know any more",
                null);
    }

    /**
     * A release that is executed twice finds that the lock is not its own any more, unless the record still names it,
     * which is short: a loss is only told by a release that was asked for once.
     */
    private boolean isKnown(Ownership found, long losses) {
        return found == Ownership.OURS || this.link.losses() == losses;
    }

    @Override
    public CompletionStage<Ownership> leave(Question question) {
        Arguments arguments = start(Arguments.RELEASE);
        arguments.addLeaving(question);
        return end(question.claim().hold(), arguments).thenApply(reply -> RedisReplies.ownership(reply.get(0)));
    }

    @Override
    public CompletionStage<Handover> releaseAndLine(Release release, Question next) {
        Arguments arguments = start(Arguments.RELEASE + Arguments.QUESTION);
        arguments.add(release);
        arguments.add(next, true, this.link.isListening());
        long losses = this.link.losses();
        CompletionStage<Handover> answer = end(release.hold(), arguments).thenApply(reply -> {
            Ownership found = RedisReplies.ownership(reply.get(0));
            return new Handover(isKnown(found, losses) ? found : null, RedisReplies.attempt(reply.get(1)));
        });
        return this.replication.copied(
                next.claim().hold(), answer, timeout(next.claim().ttl()));
    }

    private CompletableFuture<List<Object>> end(Hold hold, Arguments arguments) {
        return this.link.run(
                Script.RELEASE, this.settings.commandTimeout(), keys(hold.key()).array(), arguments.array());
    }

    @Override
    public int together(List<LockKey> keys) {
        return this.several.reach(keys);
    }

    @Override
    public CompletionStage<Together> acquireAll(List<Claim> claims) {
        Duration timeout = timeout(claims.get(0).ttl());
        return this.replication.together(claims.get(0).key(), this.several.acquire(claims, timeout), timeout);
    }

    @Override
    public List<CompletionStage<Ownership>> releaseAll(List<Release> releases) {
        long losses = this.link.losses();
        return this.several.release(releases, this.settings.commandTimeout(), this::release).stream()
                .map(answer -> answer.thenApply(found -> known(found, losses)))
                .toList();
    }

    @Override
    public List<CompletionStage<Ownership>> renew(List<Renewal> renewals) {
        return this.renewals.renew(renewals);
    }

    @Override
    public void renew(List<Renewal> renewals, RenewalAnswers answers) {
        this.renewals.renew(renewals, answers);
    }

    @Override
    public CompletionStage<Ownership> extend(Hold hold, Duration ttl) {
        Arguments arguments = start(3).add(hold.token(), hold.attempt(), Arguments.millis(ttl));
        return this.link
                .run(
                        Script.EXTEND,
                        this.settings.commandTimeout(),
                        keys(hold.key()).array(),
                        arguments.array())
                .thenApply(reply -> RedisReplies.ownership(reply.get(0)));
    }

    @Override
    public CompletionStage<Optional<Duration>> ttl(Hold hold) {
        RedisKeys keys = keys(hold.key());
        String[] named = {keys.lock(), keys.record()};
        return this.link
                .run(Script.TTL, this.settings.commandTimeout(), named, new String[] {hold.token(), hold.attempt()})
                .thenApply(RedisReplies::ttl);
    }

    @Override
    public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
        Hold hold = claim.hold();
        Arguments arguments =
                start(4).add(hold.token(), hold.attempt(), Arguments.millis(claim.ttl()), claim.details());
        return this.link
                .run(Script.ADOPT, timeout(claim.ttl()), keys(claim.key()).array(), arguments.array())
                .thenApply(RedisReplies::adopted);
    }

    @Override
    public CompletionStage<Ownership> disown(Hold adopter) {
        Arguments arguments = start(2).add(adopter.token(), adopter.attempt());
        return this.link
                .run(
                        Script.DISOWN,
                        this.settings.commandTimeout(),
                        keys(adopter.key()).array(),
                        arguments.array())
                .thenApply(reply -> RedisReplies.ownership(reply.get(0)));
    }

    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        return this.link
                .run(Script.STATE, this.settings.commandTimeout(), keys(key).array(), NOTHING)
                .thenApply(reply -> RedisReplies.state(reply, this.inboxStart));
    }

    @Override
    public CompletionStage<Void> probe(LockKey key) {
        String[] never = {this.settings.prefix() + "~probe"};
        return this.link
                .run(Script.PROBE, this.settings.commandTimeout(), never, NOTHING)
                .thenAccept(able -> {});
    }

    @Override
    public CompletionStage<StoreReport> report() {
        return this.link
                .keyAtEach(this.settings.prefix() + "~report")
                .thenCompose(keys -> keys.size() == 1
                        ? reportOf(keys.get(0)).thenApply(report -> report.of(this.link.toString()))
                        : reportOfEach(keys));
    }

    private CompletableFuture<RedisReport> reportOf(String key) {
        return this.link
                .run(Script.REPORT, this.settings.commandTimeout(), new String[] {key}, new String[] {this.inbox})
                .thenApply(reply -> new RedisReport(reply, this.settings));
    }

    private CompletableFuture<StoreReport> reportOfEach(List<String> keys) {
        CompletableFuture<ClusterReport> all = CompletableFuture.completedFuture(new ClusterReport());
        for (String key : keys) {
            String server = this.link.node(key);
            all = all.thenCombine(reportOf(key).handle(RedisLockDriver::said), (report, said) -> {
                said.accept(server, report);
                return report;
            });
        }
        return all.thenApply(report -> report.of(this.link.toString()));
    }

    private static BiConsumer<String, ClusterReport> said(@Nullable RedisReport own, @Nullable Throwable failure) {
        return own != null
                ? (server, report) -> report.add(server, own)
                : (server, report) -> report.addSilent(server, RedisErrors.reason(failure));
    }

    @Override
    public CompletionStage<String> prepare() {
        Duration timeout = this.settings.commandTimeout();
        return this.link
                .load(timeout)
                .thenCombine(this.link.run(Script.IDENTITY, timeout, NOTHING, NOTHING), (loaded, reply) ->
                        (String) reply.get(0));
    }

    @Override
    public CompletionStage<Attempt> vote(Claim claim, Duration upFor) {
        Arguments arguments = start(Arguments.QUESTION + 1);
        arguments.add(claim);
        arguments.add(Long.toString(upFor.plusMillis(999).toSeconds()));
        Duration timeout = timeout(claim.ttl());
        CompletionStage<Attempt> answer = this.link
                .run(Script.VOTE, timeout, keys(claim.key()).array(), arguments.array())
                .thenApply(reply -> RedisReplies.attempt(reply.get(0)));
        return this.replication.copied(claim.key(), answer, timeout);
    }

    @Override
    public CompletionStage<Ownership> setFences(Hold hold, Attempt.Granted fences) {
        Arguments arguments = start(4).add(
                        hold.token(), hold.attempt(), Long.toString(fences.fence()), Integer.toString(fences.fences()));
        return this.link
                .run(
                        Script.FENCES,
                        this.settings.commandTimeout(),
                        keys(hold.key()).array(),
                        arguments.array())
                .thenApply(reply -> RedisReplies.ownership(reply.get(0)));
    }

    @Override
    public CompletionStage<Ownership> undo(Hold hold) {
        return leave(new Question(new Claim(hold, Duration.ZERO, 1, ""), "", 0, Duration.ZERO));
    }

    @Override
    public CompletionStage<Ended> releaseByToken(Hold hold) {
        Arguments arguments = start(Arguments.RELEASE);
        arguments.add(new Release(hold, Duration.ZERO));
        return end(hold, arguments)
                .thenApply(reply -> new Ended(
                        RedisReplies.ownership(reply.get(0)),
                        Optional.ofNullable((String) reply.get(2)),
                        RedisReplies.remaining(reply.get(3)).orElse(Duration.ZERO)));
    }

    @Override
    public CompletionStage<Void> listen(Consumer<Grant> listener) {
        return listen(listener, freed -> {});
    }

    @Override
    public CompletionStage<Void> listen(Consumer<Grant> grants, Consumer<Hold> freed) {
        if (!this.settings.messages()) {
            return CompletableFuture.completedFuture(null);
        }
        Consumer<Grant> told = this.replication.copied(grants, this.settings.commandTimeout());
        return this.link.subscribe(
                this.inbox,
                this.settings.commandTimeout(),
                message -> RedisMessages.read(this.settings.prefix(), message, told, freed));
    }

    @Override
    public CompletionStage<Void> tellFreed(Hold hold, String instance) {
        String[] lock = {hold.key().full()};
        String[] message = {RedisKeys.inbox(this.settings.prefix(), instance), RedisMessages.freed(hold)};
        return this.link
                .run(Script.TELL, this.settings.commandTimeout(), lock, message)
                .thenAccept(told -> {});
    }

    @Override
    public void close() {
        this.link.close();
    }

    private RedisKeys keys(LockKey key) {
        return RedisKeys.of(key);
    }

    private Arguments start(int more) {
        return new Arguments(Arguments.START + more).add(this.retention, this.channel);
    }

    /** An answer that takes a third of the ttl is of no use, unless the ttl is very short. */
    private Duration timeout(Duration ttl) {
        long useful = Math.max(SHORTEST_TIMEOUT.toNanos(), ttl.toNanos() / 3);
        Duration most = this.settings.commandTimeout();
        return useful < most.toNanos() ? Duration.ofNanos(useful) : most;
    }

    /** @param alone asks for one, where all together were refused */
    private <T, R> List<CompletionStage<R>> inBatches(
            List<T> all,
            Function<List<T>, CompletableFuture<List<Object>>> ask,
            Function<Object, R> read,
            Function<T, CompletionStage<R>> alone) {
        List<CompletionStage<R>> replies = new ArrayList<>(all.size());
        for (int first = 0; first < all.size(); first += BATCH) {
            List<T> batch = all.subList(first, Math.min(all.size(), first + BATCH));
            CompletableFuture<List<Object>> answer = ask.apply(batch);
            for (int i = 0; i < batch.size(); i++) {
                int index = i;
                replies.add(answer.handle((reply, failure) -> {
                            if (reply != null) {
                                return CompletableFuture.completedStage(read.apply(reply.get(index)));
                            }
                            if (batch.size() > 1 && RedisErrors.isAboutSeveralKeys(failure)) {
                                this.together.set(false);
                                return alone.apply(batch.get(index));
                            }
                            return CompletableFuture.<R>failedStage(failure);
                        })
                        .thenCompose(Function.identity()));
            }
        }
        return replies;
    }
}
