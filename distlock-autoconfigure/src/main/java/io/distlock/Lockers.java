package io.distlock;

import java.util.Set;

/** The lockers of this application by name; the one that is configured directly below {@code distlock} is {@code default}. */
public interface Lockers {

    /** @throws IllegalArgumentException for an unknown name; it lists those that exist */
    Locker get(String name);

    Set<String> names();
}
