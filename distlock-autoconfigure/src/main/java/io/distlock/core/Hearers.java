package io.distlock.core;

import io.distlock.LockLost;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who asked to be told of a loss, in the order of asking. A lease is made for every lock, so it keeps them in one field:
 * nobody, or the action itself where there is one, as for most, else one of these.
 *
 * @param before an action, or several
 */
record Hearers(Object before, Consumer<LockLost> last) {

    static Object with(@Nullable Object before, Consumer<LockLost> action) {
        return before == null ? action : new Hearers(before, action);
    }

    @SuppressWarnings("unchecked") // nothing else was put there
    static List<Consumer<LockLost>> of(@Nullable Object known) {
        List<Consumer<LockLost>> actions = new ArrayList<>(1);
        Object next = known;
        while (next instanceof Hearers several) {
            actions.add(several.last);
            next = several.before;
        }
        if (next != null) {
            actions.add((Consumer<LockLost>) next);
        }
        Collections.reverse(actions);
        return actions;
    }
}
