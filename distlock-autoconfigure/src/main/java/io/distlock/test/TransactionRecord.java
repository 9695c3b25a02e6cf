package io.distlock.test;

/**
 * A transaction that is over.
 *
 * @param thread on which it ran
 * @param begun moment of its begin
 * @param completed moment at which it was committed or rolled back
 * @param committed which of the two
 */
record TransactionRecord(Thread thread, long begun, long completed, boolean committed) {}
