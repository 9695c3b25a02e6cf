package io.distlock;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for besides keys; it alone changes them, and only in a copy that nobody has seen. What may be left open
 * is kept as callers get it, since it is asked for at every lock and made once.
 */
final class RequestTerms {

    static final RequestTerms OPEN = new RequestTerms();

    Optional<String> name = Optional.empty();

    Optional<String> method = Optional.empty();

    Optional<Duration> ttl = Optional.empty();

    Optional<Duration> waitFor = Optional.empty();

    Optional<Boolean> autoRenew = Optional.empty();

    Optional<Duration> maxHold = Optional.empty();

    Duration holdAtLeast = Duration.ZERO;

    Optional<WhenLost> whenLost = Optional.empty();

    Map<String, String> metadata = Map.of();

    Optional<String> token = Optional.empty();

    LockMode mode = LockMode.EXCLUSIVE;

    @Nullable
    Integer permits;

    private RequestTerms() {}

    private RequestTerms(RequestTerms other) {
        this.name = other.name;
        this.method = other.method;
        this.ttl = other.ttl;
        this.waitFor = other.waitFor;
        this.autoRenew = other.autoRenew;
        this.maxHold = other.maxHold;
        this.holdAtLeast = other.holdAtLeast;
        this.whenLost = other.whenLost;
        this.metadata = other.metadata;
        this.token = other.token;
        this.mode = other.mode;
        this.permits = other.permits;
    }

    RequestTerms with(Consumer<RequestTerms> change) {
        RequestTerms copy = new RequestTerms(this);
        change.accept(copy);
        return copy;
    }
}
