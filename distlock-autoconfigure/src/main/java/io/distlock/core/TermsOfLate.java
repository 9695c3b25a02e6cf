package io.distlock.core;

import io.distlock.LockRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Terms that were filled in lately, each at the place of its name: most who lock come again, and then nothing is made for
 * theirs. No keys are kept, and no tokens.
 */
final class TermsOfLate {

    private static final int KEPT = 128;

    private final Function<LockRequest, Terms> fillIn;

    /** Whoever sees an old one fills in anew. */
    private final @Nullable Known[] known = new Known[KEPT];

    /** @param fillIn fails where a request asks for what no locker of these settings gives */
    TermsOfLate(Function<LockRequest, Terms> fillIn) {
        this.fillIn = fillIn;
    }

    Terms of(LockRequest request) {
        if (request.token().isPresent() || !request.metadata().isEmpty()) {
            return this.fillIn.apply(request);
        }
        int place = Math.floorMod(request.name().hashCode(), KEPT);
        Known last = this.known[place];
        if (last == null || !last.isOf(request)) {
            last = Known.of(request, this.fillIn.apply(request));
            this.known[place] = last;
        }
        return last.terms;
    }

    /** What was asked for, as the request says it, and what that means. */
    private record Known(
            Optional<String> name,
            Optional<Duration> ttl,
            Optional<Duration> waitFor,
            Optional<Boolean> autoRenew,
            Optional<Duration> maxHold,
            Duration holdAtLeast,
            int permits,
            Terms terms) {

        static Known of(LockRequest request, Terms terms) {
            return new Known(
                    request.name(),
                    request.ttl(),
                    request.waitFor(),
                    request.autoRenew(),
                    request.maxHold(),
                    request.holdAtLeast(),
                    request.permits(),
                    terms);
        }

        boolean isOf(LockRequest request) {
            return this.name.equals(request.name())
                    && this.ttl.equals(request.ttl())
                    && this.waitFor.equals(request.waitFor())
                    && this.autoRenew.equals(request.autoRenew())
                    && this.maxHold.equals(request.maxHold())
                    && this.holdAtLeast.equals(request.holdAtLeast())
                    && this.permits == request.permits();
        }
    }
}
