/** The Redis that is measured against, and what it says of its own work. */
@NullMarked
package io.distlock.benchmarks.server;

import org.jspecify.annotations.NullMarked;
