/** Controller: starts workers, takes turns between subjects, reports. */
@NullMarked
package io.distlock.benchmarks;

import org.jspecify.annotations.NullMarked;
