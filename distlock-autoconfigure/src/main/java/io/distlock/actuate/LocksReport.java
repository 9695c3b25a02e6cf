package io.distlock.actuate;

import java.time.Instant;
import java.util.List;

/**
 * What this instance does with locks.
 *
 * @param total how many locks are held or awaited; {@code locks} has a page of them
 * @param waitingWhileHolding who waits for a lock and holds another: where deadlocks come from
 * @param graph the same with what other instances wait for, and the deadlocks in it
 * @param events what was unusual lately, the last first; of each kind the last 50
 * @param contention how much was asked for in the last minutes, by equal slots, the last last
 */
record LocksReport(
        Instant time,
        int total,
        int offset,
        List<LockReport> locks,
        List<WaitingWhileHolding> waitingWhileHolding,
        WaitForGraph graph,
        List<RecentEvent> events,
        List<Contention.Slot> contention) {}
