package io.distlock.core;

import io.distlock.LockLost;
import io.distlock.LockRequest;
import io.distlock.LockUnavailableException;
import io.distlock.driver.Ownership;
import java.time.Duration;

/**
 * Sets how long a hold lives. Belief is cut before a shortening is sent, and never grows again when its outcome is
 * unknown: the command may still be under way.
 */
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
        Duration checked = this.line.desk().allowed(LockRequest.of(key).ttl(ttl));
        long sent = System.nanoTime();
        // the ttl first: a renewal that has seen neither may arrive after this, and is believed by its epoch alone
        this.holding.ttl(checked);
        boolean shortens = this.holding.shorten(sent + Validity.of(checked.toNanos()));
        Ownership found;
        try {
            found = StoreCalls.await(
                    key,
                    this.line
                            .desk()
                            .driver()
                            .extend(this.holding.hold(), this.line.desk().stored(checked)));
        } catch (LockUnavailableException silent) {
            if (shortens) {
                this.holding.freeze();
            }
            throw silent;
        }
        if (found != Ownership.OURS) {
            this.line.lost(this.holding, found == Ownership.GONE ? LockLost.Reason.GONE : LockLost.Reason.TAKEN);
            return false;
        }
        this.holding.renewed(sent, checked, this.holding.epoch());
        this.line.desk().keepAlive().watch(this.holding);
        return true;
    }
}
