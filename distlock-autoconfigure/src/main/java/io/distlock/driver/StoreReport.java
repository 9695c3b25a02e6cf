package io.distlock.driver;

import java.util.List;

/**
 * What a store says of itself, for its operator.
 *
 * @param facts one sentence: which server, which version, how it is set up
 * @param concerns what it lacks and what that means for locks, a sentence each
 */
public record StoreReport(String facts, List<String> concerns) {}
