package io.distlock.core;

import io.distlock.LocalLock;
import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.TokenGenerator;
import io.distlock.driver.Claim;
import io.distlock.driver.FreeingDriver;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LineDriver.Grant;
import io.distlock.driver.LineDriver.Question;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.SeveralKeysDriver;
import io.distlock.driver.SharingDriver;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the lines of all keys of one locker share: the store, the timer, and the making of claims. */
final class Desk {

    private static final System.Logger LOG = System.getLogger(Desk.class.getName());

    private static final Duration LEAST_ALIVE = Duration.ofSeconds(2);

    private final LockerSettings settings;

    private final Instance instance;

    private final LockDriver driver;

    private final @Nullable LineDriver lines;

    private final @Nullable SeveralKeysDriver severalKeys;

    private final Function<Release, CompletionStage<Ownership>> ending;

    private final TokenGenerator tokens;

    private final Ticker ticker;

    private final Clocks clocks;

    private final KeepAlive keepAlive;

    private final Undo undo;

    private final PassRule passRule;

    private final Duration aliveFor;

    private final Tellers tellers;

    private final ConcurrentMap<String, KeyLine> keyLines = new ConcurrentHashMap<>();

    /** Lines apart, by their members' names: one for each who shares a key, or goes on with a hold from elsewhere. */
    private final ConcurrentMap<String, KeyLine> apart = new ConcurrentHashMap<>();

    /** How many wait in lines apart for a key, where only so many may. */
    private final ConcurrentMap<String, Integer> waitingApart = new ConcurrentHashMap<>();

    /** Leases that are let go of here, and whose release is not answered yet. */
    private final LongAdder unanswered = new LongAdder();

    private final AtomicLong lastId = new AtomicLong();

    private final String idStart;

    private final AtomicBoolean deaf = new AtomicBoolean();

    /** Whether messages can arrive, as far as has been heard. */
    private volatile boolean listening;

    private volatile boolean closed;

    private volatile boolean deserted;

    private final AskingAgain asking;

    private final Returning returning = new Returning(this);

    Desk(LockerSettings settings, Instance instance, LockDriver driver, TokenGenerator tokens, Tellers tellers) {
        this(settings, instance, driver, tokens, tellers, new Clocks(System::currentTimeMillis));
    }

    Desk(
            LockerSettings settings,
            Instance instance,
            LockDriver driver,
            TokenGenerator tokens,
            Tellers tellers,
            Clocks clocks) {
        this.settings = settings;
        this.instance = instance;
        this.idStart = instance.random() + ".";
        this.driver = driver;
        this.lines = driver instanceof LineDriver line ? line : null;
        this.severalKeys = driver instanceof SeveralKeysDriver several ? several : null;
        this.ending = driver::release;
        this.tokens = tokens;
        this.tellers = tellers;
        this.ticker = new Ticker("distlock-" + settings.name());
        this.clocks = clocks;
        this.keepAlive = new KeepAlive(driver, this.ticker, clocks, tellers, settings.grace(), this::listenForLong);
        this.undo = new Undo(this.ticker);
        this.passRule = PassRule.of(settings);
        this.aliveFor = settings.pollInterval().multipliedBy(3).plus(LEAST_ALIVE);
        this.asking = new AskingAgain(this.lines, this.ticker, settings.pollInterval());
    }

    LockerSettings settings() {
        return this.settings;
    }

    LockDriver driver() {
        return this.driver;
    }

    /** The store's line; null where it keeps none. */
    @Nullable
    LineDriver lines() {
        return this.lines;
    }

    /** The store, if it can grant several keys in one step. */
    @Nullable
    SeveralKeysDriver severalKeys() {
        return this.severalKeys;
    }

    /** How many of these, from the first on, are worth asking for in one step: those that nobody holds or awaits here. */
    int together(List<LockKey> keys) {
        int most = this.severalKeys == null || this.closed ? 1 : this.severalKeys.together(keys);
        int reach = 0;
        while (reach < most && !this.keyLines.containsKey(keys.get(reach).key())) {
            reach++;
        }
        return reach;
    }

    /** Ends a hold in the store at once. */
    Function<Release, CompletionStage<Ownership>> ending() {
        return this.ending;
    }

    Ticker ticker() {
        return this.ticker;
    }

    Clocks clocks() {
        return this.clocks;
    }

    KeepAlive keepAlive() {
        return this.keepAlive;
    }

    PassRule passRule() {
        return this.passRule;
    }

    /**
     * How long a member of a line counts as living after it has asked for that ttl: several questions may fail before it
     * is over, but what is left of a dead member is gone within the ttl.
     */
    Duration aliveFor(Duration ttl) {
        Duration most = Duration.ofNanos(ttl.toNanos() / 5 * 4);
        return most.compareTo(this.aliveFor) < 0 ? most : this.aliveFor;
    }

    LockKey key(String key) {
        return new LockKey(this.settings.prefix(), key);
    }

    /** The ttl of a request, or of the locker, if it is not too long. */
    Duration allowed(LockRequest request) {
        Duration ttl = request.ttl().orElse(this.settings.ttl());
        if (ttl.compareTo(this.settings.maxTtl()) > 0) {
            throw new IllegalArgumentException("The ttl of a lock must not be longer than distlock.max-ttl ("
                    + this.settings.maxTtl() + "): " + request.keys() + " asks for " + ttl);
        }
        return ttl;
    }

    /** How long the store keeps what the holder believes in for {@code ttl}. */
    Duration stored(Duration ttl) {
        return ttl.plus(this.settings.grace());
    }

    /** Unique in this instance, and through its random bits everywhere. */
    String nextId() {
        return this.idStart + this.lastId.incrementAndGet();
    }

    Claim claim(LockKey key, Demand demand) {
        String own = demand.token();
        String token = own != null ? own : this.tokens.generate(key.key());
        return claim(key, token, demand);
    }

    Claim claim(LockKey key, String token, Demand demand) {
        Hold hold = new Hold(key, token, nextId());
        return new Claim(hold, stored(demand.ttl()), this.passRule.fences(demand), demand.details(), demand.permits());
    }

    /** @throws IllegalArgumentException when the request shares its lock and the store lets nobody share one */
    void checkSharing(LockRequest request, Demand demand) {
        if (demand.isShared() && !canShare()) {
            throw new IllegalArgumentException(
                    "The locker '" + this.settings.name() + "' cannot share " + request.keys()
                            + " among several holders, since its driver grants every lock to one alone: use a locker with the"
                            + " driver redis or memory, or ask without shared() and permits");
        }
    }

    boolean canShare() {
        return this.driver instanceof SharingDriver;
    }

    /** A lease of the key under which that thread works. */
    Optional<KeyLease> heldBy(Thread worker, String key) {
        return here().filter(line -> line.key().key().equals(key))
                .flatMap(line -> Stream.ofNullable(line.held()))
                .flatMap(held -> Stream.ofNullable(held.lease()))
                .filter(lease -> lease.worker() == worker)
                .findFirst();
    }

    // ---- lines ----

    /** The line in which the waiter stands from here on. */
    KeyLine enter(LockKey key, Waiter waiter) {
        if (waiter.demand().isShared()) {
            return enterApart(key, waiter);
        }
        while (true) {
            KeyLine line = line(key);
            if (line.enter(waiter)) {
                return line;
            }
        }
    }

    private KeyLine line(LockKey key) {
        KeyLine known = this.keyLines.get(key.key());
        if (known != null) {
            return known;
        }
        KeyLine line = new KeyLine(this, key, null);
        KeyLine sooner = this.keyLines.putIfAbsent(key.key(), line);
        return sooner == null ? line : sooner;
    }

    /** Whoever shares a key asks the store for itself, since each holder counts there. */
    private KeyLine enterApart(LockKey key, Waiter waiter) {
        while (true) {
            KeyLine line = lineApart(key);
            if (line.enter(waiter)) { // unless who closes the desk ended it meanwhile
                return line;
            }
        }
    }

    /** @return whether there is room for one more among those who wait apart for that key; whoever has it is counted */
    boolean countApart(LockKey key, int most) {
        boolean[] room = {false};
        this.waitingApart.compute(key.key(), (same, counted) -> {
            int now = counted == null ? 0 : counted;
            room[0] = now < most;
            return room[0] ? now + 1 : now;
        });
        return room[0];
    }

    void uncountApart(LockKey key) {
        this.waitingApart.computeIfPresent(key.key(), (same, counted) -> counted == 1 ? null : counted - 1);
    }

    /** A line for one hold that was taken elsewhere, or together with others. */
    KeyLine enterAdopted(LockKey key) {
        return lineApart(key);
    }

    private KeyLine lineApart(LockKey key) {
        String member = nextId();
        KeyLine line = new KeyLine(this, key, member);
        this.apart.put(member, line);
        return line;
    }

    void forget(KeyLine line) {
        String member = line.apart();
        if (member == null) {
            this.keyLines.remove(line.key().key(), line);
        } else {
            this.apart.remove(member);
        }
    }

    void refuseFromNowOn() {
        this.closed = true;
        this.keyLines.values().forEach(KeyLine::closeToWaiters);
        this.apart.values().forEach(KeyLine::closeToWaiters);
    }

    boolean isClosed() {
        return this.closed;
    }

    /** From here on, whoever comes to hold something says itself that nobody looks after it. */
    void desert() {
        this.deserted = true;
    }

    boolean isDeserted() {
        return this.deserted;
    }

    Returning returning() {
        return this.returning;
    }

    void returns() {
        this.unanswered.increment();
    }

    void hasReturned() {
        this.unanswered.decrement();
    }

    boolean isReturning() {
        return this.unanswered.sum() > 0;
    }

    private Stream<KeyLine> here() {
        return Stream.concat(this.keyLines.values().stream(), this.apart.values().stream());
    }

    /** What is held now. */
    List<Holding> held() {
        return here().flatMap(line -> Stream.ofNullable(line.held())).toList();
    }

    List<LocalLock> locks() {
        return here().map(KeyLine::show)
                .filter(lock -> lock.hold().isPresent() || !lock.waits().isEmpty())
                .toList();
    }

    /**
     * A hold was ended in the store by no wish of its holder, who loses it here, or is told elsewhere.
     *
     * @param holder what its holder said of itself
     */
    void freed(Hold hold, Optional<String> holder) {
        heldHere(hold).forEach(held -> held.line().lost(held, LockLost.Reason.FREED));
        if (this.lines instanceof FreeingDriver store) {
            holder.flatMap(Details::writer)
                    .filter(writer -> !writer.equals(this.instance.id()))
                    .ifPresent(writer -> store.tellFreed(hold, writer));
        }
    }

    /** Somebody says so: whether it is, the store knows. */
    private void saidFreed(Hold hold) {
        heldHere(hold)
                .forEach(held -> this.driver.ttl(held.hold()).thenAccept(left -> {
                    if (left.isEmpty()) {
                        held.line().lost(held, LockLost.Reason.FREED);
                    }
                }));
    }

    private Stream<Holding> heldHere(Hold hold) {
        return held().stream()
                .filter(held -> held.hold().key().equals(hold.key())
                        && held.hold().token().equals(hold.token()));
    }

    Set<String> degradations() {
        return this.deaf.get()
                ? Set.of("waiting callers ask every " + this.settings.pollInterval()
                        + " instead of being woken by a message, which the store does not deliver")
                : Set.of();
    }

    /** Somebody holds a lock for long: should it be ended by force, a message is to come here. */
    void listenForLong() {
        listen(KeyLine.NOTHING);
    }

    /** @param confirmed run when messages can arrive, which may be so already */
    void listen(Runnable confirmed) {
        if (this.lines == null || this.deaf.get()) {
            return;
        }
        messages(this.lines).whenComplete((ok, failure) -> {
            if (failure == null) {
                this.listening = true;
                confirmed.run();
            } else {
                heardNothing(failure);
            }
        });
    }

    boolean isListening() {
        return this.listening;
    }

    /** Completes when messages can arrive. */
    CompletionStage<Void> messages(LineDriver store) {
        return store instanceof FreeingDriver freeing
                ? freeing.listen(this::granted, this::saidFreed)
                : store.listen(this::granted);
    }

    private void heardNothing(Throwable failure) {
        LockDriverException known = StoreCalls.trouble(failure);
        if (known.kind() == LockDriverException.Kind.MISCONFIGURED && this.deaf.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "The locker '" + this.settings.name() + "' hears no messages, so waiting callers ask every "
                            + this.settings.pollInterval() + " instead of being woken at once: " + known.getMessage());
        }
    }

    private void granted(Grant grant) {
        KeyLine apart = this.apart.get(grant.member());
        KeyLine line =
                apart != null ? apart : this.keyLines.get(grant.hold().key().key());
        if (line == null) {
            giveBack(grant.hold(), grant.ttl());
        } else {
            line.claiming().granted(grant);
        }
    }

    AskingAgain asking() {
        return this.asking;
    }

    // ---- what must be ended in the store, answered or not ----

    void leave(Question question) {
        LineDriver store = this.lines;
        if (store == null) {
            giveBack(question.claim().hold(), question.claim().ttl());
        } else {
            this.undo.untilAnswered(
                    question.claim().hold().token(),
                    () -> store.leave(question),
                    forgottenAt(question.claim().ttl()));
        }
    }

    /** @param stored how long it lives in the store at most */
    void giveBack(Hold hold, Duration stored) {
        Release release = new Release(hold, Duration.ZERO);
        this.undo.untilAnswered(hold.token(), () -> this.driver.release(release), forgottenAt(stored));
    }

    /** Of a lease that is over here; for as long as it promised, nobody else may have its key. */
    void giveBack(KeyLease lease) {
        Holding holding = lease.holding();
        Duration stored = stored(holding.ttl());
        if (lease.stillToKeep().isZero()) {
            giveBack(holding.hold(), stored);
        } else {
            this.undo.untilAnswered(
                    Undo.NO_LEFTOVER,
                    () -> this.driver.release(new Release(holding.hold(), lease.stillToKeep())),
                    forgottenAt(stored.plus(lease.stillToKeep())));
        }
    }

    /** An adoption whose answer was not heard must not come late, nor keep the hold from who had it. */
    void disown(Claim adopter) {
        this.undo.untilAnswered(Undo.NO_LEFTOVER, () -> this.driver.disown(adopter.hold()), forgottenAt(adopter.ttl()));
    }

    Undo undo() {
        return this.undo;
    }

    private long forgottenAt(Duration ttl) {
        return System.nanoTime() + ttl.plus(this.aliveFor).toNanos();
    }

    // ---- telling ----

    Tellers tellers() {
        return this.tellers;
    }

    LockState stateOf(Holding here) {
        return States.of(this.instance, here);
    }

    void close() {
        this.ticker.close();
        this.driver.close();
    }
}
