package io.distlock.autoconfigure;

import io.distlock.Locker;
import io.distlock.Lockers;
import java.util.Set;

/** The lockers of an application that configures none by name. */
record OneLocker(Locker locker) implements Lockers {

    static final String NAME = "default";

    @Override
    public Locker get(String name) {
        if (name.equals(NAME)) {
            return this.locker;
        }
        throw new IllegalArgumentException("There is no locker '" + name + "'; there is only '" + NAME + "'");
    }

    @Override
    public Set<String> names() {
        return Set.of(NAME);
    }
}
