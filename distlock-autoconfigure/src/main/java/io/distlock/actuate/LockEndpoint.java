package io.distlock.actuate;

import io.distlock.LocalLock;
import io.distlock.LockUnavailableException;
import io.distlock.Locker;
import io.distlock.Lockers;
import io.distlock.ReleaseOutcome;
import io.distlock.WatchedLocker;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.context.ApplicationEventPublisher;

/**
 * The endpoint {@code distlock}: what this instance holds and awaits, who holds a key in the store, and freeing a hold by
 * force, which {@code management.endpoint.distlock.access=unrestricted} allows.
 */
@Endpoint(id = "distlock", defaultAccess = Access.READ_ONLY)
public final class LockEndpoint {

    static final int PAGE = 100;

    static final int LARGEST_PAGE = 1000;

    private final Lockers lockers;

    private final LockMemory memory;

    private final ApplicationEventPublisher publisher;

    public LockEndpoint(Lockers lockers, LockMemory memory, ApplicationEventPublisher publisher) {
        this.lockers = lockers;
        this.memory = memory;
        this.publisher = publisher;
    }

    /**
     * What this instance holds and awaits, by locker and key.
     *
     * @param offset how many locks to pass over
     * @param limit how many to show at most, 100 unless told, 1000 at most
     */
    @ReadOperation
    public LocksReport locks(@Nullable Integer offset, @Nullable Integer limit) {
        int first = offset == null ? 0 : notNegative("offset", offset);
        int most = Math.min(LARGEST_PAGE, limit == null ? PAGE : notNegative("limit", limit));
        Map<String, List<LocalLock>> all = local();
        List<LockReport> reports = new ArrayList<>();
        all.forEach((locker, locks) -> reports.addAll(LockReport.byKey(locker, locks)));
        List<WaitingWhileHolding> waitingWhileHolding = WaitingWhileHolding.among(all);
        return new LocksReport(
                Instant.now(),
                reports.size(),
                first,
                reports.stream().skip(first).limit(most).toList(),
                waitingWhileHolding,
                WaitForGraph.from(waitingWhileHolding, this.lockers),
                this.memory.events(),
                this.memory.contention());
    }

    private Map<String, List<LocalLock>> local() {
        Map<String, List<LocalLock>> all = new TreeMap<>();
        for (String name : this.lockers.names()) {
            if (this.lockers.get(name) instanceof WatchedLocker watched) {
                all.put(name, watched.locks());
            }
        }
        return all;
    }

    private static int notNegative(String what, int number) {
        if (number < 0) {
            throw new InvalidEndpointRequestException(what + " must not be negative: " + number, "Bad " + what);
        }
        return number;
    }

    /** Who holds a key and who waits for it, asked of the store. */
    @ReadOperation
    public WebEndpointResponse<?> key(@Selector String locker, String key) {
        return at(locker)
                .<WebEndpointResponse<?>>map(found -> answer(() -> new WebEndpointResponse<>(found.inspect(key)
                        .map(state -> KeyReport.of(locker, state))
                        .orElseGet(() -> KeyReport.free(locker, key)))))
                .orElseGet(() -> unknown(locker));
    }

    /**
     * Ends the hold that the caller saw, and no other.
     *
     * @param token of the holder, as it was shown; of several who share the lock, of one of them
     */
    @DeleteOperation
    public WebEndpointResponse<?> free(@Selector String locker, String key, String token, SecurityContext security) {
        Optional<Locker> found = at(locker);
        if (found.isEmpty()) {
            return unknown(locker);
        }
        if (!(found.get() instanceof WatchedLocker watched)) {
            return problem(501, "Locker '" + locker + "' is the application's own and frees nothing by force");
        }
        return answer(() -> {
            ReleaseOutcome outcome = watched.free(key, token);
            if (outcome == ReleaseOutcome.RELEASED || outcome == ReleaseOutcome.UNKNOWN) {
                note(locker, key, outcome, security);
            }
            return outcome(key, outcome);
        });
    }

    /** What may have been done is told as what was: nobody will be able to find out later. */
    private void note(String locker, String key, ReleaseOutcome outcome, SecurityContext security) {
        Principal principal = security.getPrincipal();
        String who = principal == null ? "anonymous" : principal.getName();
        this.memory.freed(locker, key, who, outcome);
        Map<String, Object> what = Map.of("locker", locker, "key", key, "outcome", outcome.name());
        this.publisher.publishEvent(new AuditApplicationEvent(new AuditEvent(who, "DISTLOCK_FREED", what)));
    }

    private static WebEndpointResponse<?> outcome(String key, ReleaseOutcome outcome) {
        return switch (outcome) {
            case RELEASED -> new WebEndpointResponse<>(new Freed(outcome, "The hold was freed."));
            case EXPIRED -> problem(WebEndpointResponse.STATUS_NOT_FOUND, "Nobody holds '" + key + "' any more.");
            case TAKEN -> problem(409, "'" + key + "' is held by somebody else now; nothing was freed.");
            case UNKNOWN ->
                problem(
                        WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE,
                        "The store did not answer; nobody knows whether '" + key + "' was freed.");
        };
    }

    private static WebEndpointResponse<?> answer(Supplier<WebEndpointResponse<?>> what) {
        try {
            return what.get();
        } catch (LockUnavailableException silent) {
            return problem(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, String.valueOf(silent.getMessage()));
        } catch (IllegalArgumentException nonsense) {
            return problem(WebEndpointResponse.STATUS_BAD_REQUEST, String.valueOf(nonsense.getMessage()));
        }
    }

    private Optional<Locker> at(String locker) {
        return this.lockers.names().contains(locker) ? Optional.of(this.lockers.get(locker)) : Optional.empty();
    }

    private WebEndpointResponse<?> unknown(String locker) {
        return problem(
                WebEndpointResponse.STATUS_NOT_FOUND,
                "There is no locker '" + locker + "'; there is " + String.join(", ", this.lockers.names()) + ".");
    }

    private static WebEndpointResponse<Problem> problem(int status, String detail) {
        return new WebEndpointResponse<>(new Problem(detail), status);
    }

    record Freed(ReleaseOutcome outcome, String detail) {}

    record Problem(String detail) {}
}
