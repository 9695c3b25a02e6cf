package io.distlock.faults;

/**
 * A lease was valid in the eyes of its holder at both of these times, and so between them.
 *
 * @param fence its fencing number
 * @param from on {@link System#nanoTime()}, which all processes of one Linux machine read from the same clock
 * @param until on the same clock
 */
record Span(String key, String who, long fence, long from, long until) {}
