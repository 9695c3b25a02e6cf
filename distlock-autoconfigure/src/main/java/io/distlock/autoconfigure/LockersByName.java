package io.distlock.autoconfigure;

import io.distlock.Locker;
import io.distlock.Lockers;
import java.util.Map;
import java.util.TreeMap;

/** All lockers of an application. */
final class LockersByName {

    private LockersByName() {}

    static Map<String, Locker> of(Lockers lockers) {
        Map<String, Locker> all = new TreeMap<>();
        lockers.names().forEach(name -> all.put(name, lockers.get(name)));
        return all;
    }
}
