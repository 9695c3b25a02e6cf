package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.driver.LockDriverException;
import io.distlock.driver.Ownership;
import java.time.Duration;

/** Sets how long a hold lives, and what may be believed of that until the store has said so: see {@link Belief}. */
final class Extending {

    private final Holding holding;

    private final KeyLine line;

    Extending(Holding holding, KeyLine line) {
        this.holding = holding;
        this.line = line;
    }

    /** @return false = lost */
    boolean to(Duration ttl) {
        String key = this.line.key().key();
        Duration checked =
                Terms.ttl(LockRequest.of(key).ttl(ttl), this.line.desk().settings());
        Duration usual = this.holding.ttlAskedFor();
        long sent = System.nanoTime();
        Belief before = this.holding.extending(sent, checked);
        Ownership found;
        try {
            found = StoreCalls.await(
                    key,
                    this.line
                            .desk()
                            .driver()
                            .extend(this.holding.hold(), this.line.desk().stored(checked)));
        } catch (LockUnavailableException silent) {
            this.holding.notExtended(before, usual, checked, mayHaveHappened(silent));
            this.line.desk().keepAlive().watch(this.holding);
            throw silent;
        }
        if (found != Ownership.OURS) {
            this.line.lost(this.holding, found == Ownership.GONE ? LockLost.Reason.GONE : LockLost.Reason.TAKEN);
            return false;
        }
        this.holding.extended(before, sent, checked);
        this.line.desk().keepAlive().watch(this.holding);
        return true;
    }

    private static boolean mayHaveHappened(LockUnavailableException silent) {
        return !(silent.getCause() instanceof LockDriverException trouble) || trouble.mayHaveHappened();
    }
}
