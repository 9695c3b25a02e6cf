package io.distlock.aspect;

import io.distlock.WhenLost;
import io.distlock.annotation.AutoRenew;
import io.distlock.annotation.WhenUnavailable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What operations say of a lock, which wins over its annotation. Null = nothing. */
public record LockTuning(
        @Nullable String locker,
        @Nullable Duration ttl,
        @Nullable Duration waitFor,
        @Nullable Duration maxHold,
        @Nullable Duration holdAtLeast,
        @Nullable Boolean autoRenew,
        @Nullable WhenLost whenLost,
        @Nullable WhenUnavailable whenUnavailable) {

    static final LockTuning NONE = new LockTuning(null, null, null, null, null, null, null, null);

    AutoRenew autoRenew(AutoRenew written) {
        if (this.autoRenew == null) {
            return written;
        }
        return this.autoRenew ? AutoRenew.TRUE : AutoRenew.FALSE;
    }
}
