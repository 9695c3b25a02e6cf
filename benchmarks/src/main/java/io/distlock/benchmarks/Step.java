package io.distlock.benchmarks;

/**
 * What so and so many locks or waiters cost. Bytes are of all of them together, above what was there before the first.
 *
 * @param count of what grows
 * @param redisBytes allocated by Redis
 * @param heapBytes of the client that are live
 * @param requests on the wire per second
 * @param commands executed by Redis per second, those in scripts included
 * @param scriptMicros of Redis per request, within the script
 * @param redisCpu in per cent of one processor
 * @param clientCpu in per cent of one processor
 */
record Step(
        Growing what,
        int count,
        double redisBytes,
        double heapBytes,
        double requests,
        double commands,
        double scriptMicros,
        double redisCpu,
        double clientCpu) {}
