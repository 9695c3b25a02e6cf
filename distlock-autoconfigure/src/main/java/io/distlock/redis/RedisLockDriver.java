package io.distlock.redis;

import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.DriverSettings;
import io.distlock.driver.FreeingDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

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

    private static final String[] NOTHING = {};

    private final RedisLink link;

    private final DriverSettings settings;

    private final LockScripts scripts;

    private final String inbox;

    private final String inboxStart;

    private final RedisQuestions questions;

    private final RedisEndings endings;

    private final RedisRenewals renewals;

    private final RedisTogether several;

    private final RedisReports reports;

    private final Replication replication;

    RedisLockDriver(RedisLink link, DriverSettings settings) {
        this.link = link;
        this.settings = settings;
        this.inboxStart = RedisKeys.inbox(settings.prefix(), "");
        this.inbox = RedisKeys.inbox(settings.prefix(), settings.instance());
        this.scripts = new LockScripts(link, settings, this.inbox);
        this.replication = new Replication(link, settings.replicas());
        // Keys of several locks may stand in one script, but in a cluster, and where a proxy has refused it
        AtomicBoolean together = new AtomicBoolean(!link.isCluster());
        this.questions = new RedisQuestions(this.scripts, this.replication, together);
        this.endings = new RedisEndings(this.scripts, this.replication);
        this.renewals = new RedisRenewals(link, together, settings.recordRetention(), this.scripts::timeout);
        this.several = new RedisTogether(this.scripts);
        this.reports = new RedisReports(link, settings, this.inbox);
    }

    @Override
    public CompletionStage<Attempt> acquire(Claim claim) {
        return this.questions.acquire(claim);
    }

    @Override
    public CompletionStage<Attempt> line(Question question) {
        return this.questions.ask(question, true);
    }

    @Override
    public CompletionStage<Attempt> lastTry(Question question) {
        return this.questions.ask(question, false);
    }

    @Override
    public List<CompletionStage<Attempt>> line(List<Question> questions) {
        return this.questions.ask(questions);
    }

    @Override
    public CompletionStage<Ownership> release(Release release) {
        return this.endings.release(release);
    }

    @Override
    public CompletionStage<Ownership> leave(Question question) {
        return this.endings.leave(question);
    }

    @Override
    public CompletionStage<Handover> releaseAndLine(Release release, Question next) {
        return this.endings.releaseAndLine(release, next);
    }

    @Override
    public int together(List<LockKey> keys) {
        return this.several.reach(keys);
    }

    @Override
    public CompletionStage<Together> acquireAll(List<Claim> claims) {
        Duration timeout = this.scripts.timeout(claims.get(0).ttl());
        return this.replication.together(claims.get(0).key(), this.several.acquire(claims, timeout), timeout);
    }

    @Override
    public List<CompletionStage<Ownership>> releaseAll(List<Release> releases) {
        long losses = this.endings.losses();
        return this.several.release(releases, this::release).stream()
                .map(answer -> answer.thenApply(found -> this.endings.known(found, losses)))
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
        Arguments arguments = this.scripts.start(3).add(hold.token(), hold.attempt(), Arguments.millis(ttl));
        return ownership(Script.EXTEND, hold, arguments);
    }

    @Override
    public CompletionStage<Optional<Duration>> ttl(Hold hold) {
        RedisKeys keys = RedisKeys.of(hold.key());
        String[] named = {keys.lock(), keys.record()};
        return this.link
                .run(Script.TTL, this.scripts.timeout(), named, new String[] {hold.token(), hold.attempt()})
                .thenApply(RedisReplies::ttl);
    }

    @Override
    public CompletionStage<Optional<Attempt.Granted>> adopt(Claim claim) {
        Hold hold = claim.hold();
        Arguments arguments =
                this.scripts.start(4).add(hold.token(), hold.attempt(), Arguments.millis(claim.ttl()), claim.details());
        return this.scripts
                .run(Script.ADOPT, this.scripts.timeout(claim.ttl()), claim.key(), arguments)
                .thenApply(RedisReplies::adopted);
    }

    @Override
    public CompletionStage<Ownership> disown(Hold adopter) {
        return ownership(Script.DISOWN, adopter, this.scripts.start(2).add(adopter.token(), adopter.attempt()));
    }

    private CompletionStage<Ownership> ownership(Script script, Hold hold, Arguments arguments) {
        return this.scripts.run(script, hold.key(), arguments).thenApply(reply -> RedisReplies.ownership(reply.get(0)));
    }

    @Override
    public CompletionStage<Optional<KeyState>> inspect(LockKey key) {
        return this.scripts
                .run(Script.STATE, key, new Arguments(0))
                .thenApply(reply -> RedisReplies.state(reply, this.inboxStart));
    }

    @Override
    public CompletionStage<Void> probe(LockKey key) {
        String[] never = {this.settings.prefix() + "~probe"};
        return this.link
                .run(Script.PROBE, this.scripts.timeout(), never, NOTHING)
                .thenAccept(able -> {});
    }

    @Override
    public CompletionStage<StoreReport> report() {
        return this.reports.report();
    }

    @Override
    public CompletionStage<String> prepare() {
        Duration timeout = this.scripts.timeout();
        return this.link
                .load(timeout)
                .thenCombine(this.link.run(Script.IDENTITY, timeout, NOTHING, NOTHING), (loaded, reply) ->
                        (String) reply.get(0));
    }

    @Override
    public CompletionStage<Attempt> vote(Claim claim, Duration upFor) {
        return this.questions.vote(claim, upFor);
    }

    @Override
    public CompletionStage<Ownership> setFences(Hold hold, Attempt.Granted fences) {
        Arguments arguments = this.scripts
                .start(4)
                .add(hold.token(), hold.attempt(), Long.toString(fences.fence()), Integer.toString(fences.fences()));
        return ownership(Script.FENCES, hold, arguments);
    }

    @Override
    public CompletionStage<Ownership> undo(Hold hold) {
        return leave(new Question(new Claim(hold, Duration.ZERO, 1, ""), "", 0, Duration.ZERO));
    }

    @Override
    public CompletionStage<Ended> releaseByToken(Hold hold) {
        return this.endings.releaseByToken(hold);
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
        Consumer<Grant> told = this.replication.copied(grants, this.scripts.timeout());
        return this.link.subscribe(
                this.inbox,
                this.scripts.timeout(),
                message -> RedisMessages.read(this.settings.prefix(), message, told, freed));
    }

    @Override
    public CompletionStage<Void> tellFreed(Hold hold, String instance) {
        String[] lock = {hold.key().full()};
        String[] message = {RedisKeys.inbox(this.settings.prefix(), instance), RedisMessages.freed(hold)};
        return this.link.run(Script.TELL, this.scripts.timeout(), lock, message).thenAccept(told -> {});
    }

    @Override
    public void close() {
        this.link.close();
    }
}
