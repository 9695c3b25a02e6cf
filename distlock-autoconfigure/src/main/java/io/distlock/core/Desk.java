package io.distlock.core;

import io.distlock.LockState;
import io.distlock.TokenGenerator;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.SeveralKeysDriver;
import io.distlock.driver.SharingDriver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the lines of all keys of one locker share: the store, the timer, and the making of claims. */
final class Desk {

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

    private final GivingBack givingBack;

    private final PassRule passRule;

    private final Duration aliveFor;

    private final Tellers tellers;

    /** Leases that are let go of here, and whose release is not answered yet. */
    private final LongAdder unanswered = new LongAdder();

    private final AtomicLong lastId = new AtomicLong();

    private final String idStart;

    private final LinesHere here = new LinesHere(this);

    private final Hearing hearing;

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
        this.givingBack = new GivingBack(this, this.undo, this.aliveFor);
        this.hearing = new Hearing(this, driver, this.lines);
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
        while (reach < most && !this.here.isWanted(keys.get(reach))) {
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

    boolean canShare() {
        return this.driver instanceof SharingDriver;
    }

    // ---- lines ----

    LinesHere here() {
        return this.here;
    }

    void refuseFromNowOn() {
        this.closed = true;
        this.here.closeToWaiters();
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

    /** Somebody holds a lock for long: should it be ended by force, a message is to come here. */
    void listenForLong() {
        this.hearing.listen(KeyLine.NOTHING);
    }

    Hearing hearing() {
        return this.hearing;
    }

    AskingAgain asking() {
        return this.asking;
    }

    Undo undo() {
        return this.undo;
    }

    /** What must be ended in the store, answered or not. */
    GivingBack givingBack() {
        return this.givingBack;
    }

    // ---- telling ----

    Tellers tellers() {
        return this.tellers;
    }

    /** Whether that is the name of this instance. */
    boolean isNamed(String writer) {
        return writer.equals(this.instance.id());
    }

    LockState stateOf(Holding here) {
        return States.of(this.instance, here);
    }

    void close() {
        this.ticker.close();
        this.driver.close();
    }
}
