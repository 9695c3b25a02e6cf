package io.distlock.core;

import io.distlock.Lease;
import io.distlock.LockNotAcquiredException.Reason;
import io.distlock.LockRequest;
import io.distlock.LockState;
import io.distlock.LockUnavailableException;
import io.distlock.ReleaseOutcome;
import io.distlock.driver.Attempt;
import io.distlock.driver.Claim;
import io.distlock.driver.Hold;
import io.distlock.driver.KeyState;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.LockKey;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What can be done to a hold that was not taken here, by who knows its key and, to change it, its token. */
final class HoldsOfOthers {

    private final Desk desk;

    private final LockDriver driver;

    private final Taking taking;

    HoldsOfOthers(Desk desk, Taking taking) {
        this.desk = desk;
        this.driver = desk.driver();
        this.taking = taking;
    }

    Optional<LockState> inspect(String key) {
        LockKey checked = checked(key);
        return StoreCalls.await(key, this.driver.inspect(checked)).map(state -> States.of(checked, state));
    }

    ReleaseOutcome release(String key, String token) {
        Release release = new Release(Hold.byToken(checked(key), token), Duration.ZERO);
        try {
            return switch (StoreCalls.await(key, this.driver.release(release))) {
                case OURS -> ReleaseOutcome.RELEASED;
                case GONE -> ReleaseOutcome.EXPIRED;
                case TAKEN -> ReleaseOutcome.TAKEN;
            };
        } catch (LockUnavailableException silent) {
            return ReleaseOutcome.UNKNOWN;
        }
    }

    boolean extend(String key, String token, Duration ttl) {
        Demand demand = this.taking.demand(LockRequest.of(key).ttl(ttl));
        Hold hold = Hold.byToken(this.desk.key(key), token);
        return StoreCalls.await(key, this.driver.extend(hold, this.desk.stored(demand.ttl()))) == Ownership.OURS;
    }

    Optional<Lease> adopt(String key, String token, Duration ttl) {
        Demand demand = this.taking.demand(LockRequest.of(key).ttl(ttl));
        LockKey lockKey = this.desk.key(key);
        Claim claim = this.desk.claim(lockKey, token, demand);
        Tellers tellers = this.desk.tellers();
        long sent = System.nanoTime();
        tellers.asked(demand, key);
        Optional<Attempt.Granted> granted;
        try {
            granted = adopted(key, claim);
        } catch (LockUnavailableException silent) {
            tellers.unavailable(demand, Set.of(key), since(sent), silent);
            throw silent;
        }
        if (granted.isEmpty()) {
            tellers.refused(demand, Set.of(key), since(sent), Reason.BUSY);
            return Optional.empty();
        }
        KeyLease lease = this.desk.here().apart(lockKey).adopt(claim, granted.get(), sent, new Waiter(demand, null));
        LeaseInHand adopted = lease.handOut();
        tellers.taken(lease, sent);
        return Optional.of(adopted);
    }

    private Optional<Attempt.Granted> adopted(String key, Claim claim) {
        try {
            return StoreCalls.await(key, this.driver.adopt(claim));
        } catch (LockUnavailableException silent) {
            if (silent.getCause() instanceof LockDriverException trouble && trouble.mayHaveHappened()) {
                this.desk.givingBack().disown(claim);
            }
            throw silent;
        }
    }

    ReleaseOutcome free(String key, String token) {
        LockKey checked = checked(key);
        Optional<KeyState> seen = StoreCalls.await(key, this.driver.inspect(checked));
        if (seen.isEmpty()) {
            return ReleaseOutcome.EXPIRED;
        }
        Optional<Meant> holder = Meant.by(token, key, seen.get());
        ReleaseOutcome outcome =
                holder.map(meant -> release(key, meant.token())).orElse(ReleaseOutcome.TAKEN);
        if (outcome == ReleaseOutcome.RELEASED) {
            holder.ifPresent(meant -> this.desk.hearing().freed(Hold.byToken(checked, meant.token()), meant.details()));
        }
        return outcome;
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private LockKey checked(String key) {
        LockRequest.of(key);
        return this.desk.key(key);
    }
}
