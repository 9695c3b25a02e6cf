package io.distlock.driver;

import java.time.Duration;
import java.util.List;

/**
 * Stores that a locker names itself, and what is asked of them together.
 *
 * @param addresses in the order in which they are named; none = the application's store
 * @param fencing whether fencing numbers must grow over all of them
 * @param rejoinAfter how long a store must have been up before it may take part in new grants; zero = at once
 */
public record Nodes(List<String> addresses, boolean fencing, Duration rejoinAfter) {

    private static final Nodes OF_THE_APPLICATION = new Nodes(List.of(), true, Duration.ZERO);

    /** No address: the application's store. */
    public static Nodes ofTheApplication() {
        return OF_THE_APPLICATION;
    }

    Nodes only(String address) {
        return new Nodes(List.of(address), this.fencing, this.rejoinAfter);
    }
}
