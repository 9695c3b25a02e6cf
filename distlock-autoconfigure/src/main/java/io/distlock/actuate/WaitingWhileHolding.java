package io.distlock.actuate;

import io.distlock.LocalLock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A thread of this instance that waits for one lock and holds others, each as {@code locker/key}.
 *
 * @param thread its name
 * @param waitsFor what it does not get
 * @param holds what others may wait for
 */
record WaitingWhileHolding(String thread, String waitsFor, List<String> holds) {

    /** @param locks by locker, all as they were at about the same moment */
    static List<WaitingWhileHolding> among(Map<String, List<LocalLock>> locks) {
        Map<Thread, List<String>> held = new HashMap<>();
        locks.forEach((locker, all) -> all.forEach(lock -> lock.hold()
                .flatMap(LocalLock.Hold::thread)
                .ifPresent(thread ->
                        held.computeIfAbsent(thread, first -> new ArrayList<>()).add(locker + "/" + lock.key()))));
        List<WaitingWhileHolding> found = new ArrayList<>();
        locks.forEach((locker, all) -> all.forEach(lock -> lock.waits().stream()
                .flatMap(wait -> wait.thread().stream())
                .filter(held::containsKey)
                .forEach(thread -> found.add(new WaitingWhileHolding(
                        thread.getName(), locker + "/" + lock.key(), List.copyOf(held.get(thread)))))));
        return found;
    }
}
