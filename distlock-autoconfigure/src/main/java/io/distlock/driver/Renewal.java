package io.distlock.driver;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A hold that is to be kept alive. The same object is asked for again and again as long as the hold lives. */
public final class Renewal {

    private final Hold hold;

    private final Duration ttl;

    private volatile @Nullable Object form;

    /**
     * @param hold what to keep alive
     * @param ttl from now
     */
    public Renewal(Hold hold, Duration ttl) {
        this.hold = hold;
        this.ttl = ttl;
    }

    public Hold hold() {
        return this.hold;
    }

    public Duration ttl() {
        return this.ttl;
    }

    /**
     * What a driver makes of it, made at the first call and kept: it is sent three times in every ttl.
     *
     * @param kind of which it is
     * @param make depends on nothing but the renewal, since several drivers may be asked for it
     */
    public <F> F as(Class<F> kind, Function<Renewal, F> make) {
        Object known = this.form;
        if (kind.isInstance(known)) {
            return kind.cast(known);
        }
        F made = make.apply(this);
        this.form = made;
        return made;
    }
}
