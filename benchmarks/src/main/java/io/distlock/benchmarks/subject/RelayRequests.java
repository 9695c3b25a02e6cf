package io.distlock.benchmarks.subject;

/** What a {@link Relay} asks of Redis. */
interface RelayRequests {

    long LOST = 0;

    /** It is another's now. */
    long HANDED_ON = 1;

    /** It was free, and there are no fences. */
    long FREE = 2;

    /** @return {@link #LOST} = it stands in line; {@link #FREE}, or the fence with which it was free, which is above that */
    long ask(String key, String token);

    /** @return as {@link #ask}, where nobody stood in line before {@code next} */
    long relay(String key, String held, String next);

    long release(String key, String held);
}
