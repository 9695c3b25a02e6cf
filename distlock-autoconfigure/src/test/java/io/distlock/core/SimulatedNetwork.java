package io.distlock.core;

/**
 * What happens on the way between the machines and the store, as probabilities of each command or message.
 *
 * @param usual nanoseconds that a way takes at most, if it is not late
 * @param lost of a command
 * @param replyLost of a command that was executed
 * @param late of a way
 * @param latest nanoseconds that a late way takes at most
 * @param doubled of a command, which is executed twice, and of a message
 * @param refused of a command, by a store that answers
 * @param messageLost of a message
 */
record SimulatedNetwork(
        long usual,
        double lost,
        double replyLost,
        double late,
        long latest,
        double doubled,
        double refused,
        double messageLost) {

    static SimulatedNetwork healthy() {
        return new SimulatedNetwork(2 * SimulatedWorld.MILLI, 0, 0, 0, 0, 0, 0, 0);
    }
}
