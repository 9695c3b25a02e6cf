package io.distlock.benchmarks;

import io.distlock.benchmarks.board.Times;
import io.distlock.benchmarks.subject.SubjectKind;
import java.util.Optional;

/**
 * One turn of one subject.
 *
 * @param perSecond locks taken and given back
 * @param jain index of the threads' shares: 1 = all alike, 1/n = one has all
 * @param longestWait in seconds, of those that ended and those that had not yet
 * @param starved threads that got nothing
 * @param requests on the wire per lock; NaN = too few locks to count by
 * @param commands executed by Redis per lock, those in scripts included
 * @param idleRequests on the wire per second while a lock is kept and everybody else waits; NaN = not asked
 * @param redisMicros of processor time per lock
 * @param clientMicros of processor time per lock
 * @param load of the machine, over the last minute
 * @param fault what went wrong
 */
record Outcome(
        SubjectKind subject,
        int round,
        double perSecond,
        double jain,
        Times cycles,
        Times waits,
        Times gaps,
        double longestWait,
        long starved,
        double requests,
        double commands,
        double idleRequests,
        double redisMicros,
        double clientMicros,
        double load,
        Optional<String> fault) {}
