/** Locks that are measured: distlock, its peers, and yardsticks. */
@NullMarked
package io.distlock.benchmarks.subject;

import org.jspecify.annotations.NullMarked;
