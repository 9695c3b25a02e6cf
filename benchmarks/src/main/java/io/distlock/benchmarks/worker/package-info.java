/** The process in which a subject works. */
@NullMarked
package io.distlock.benchmarks.worker;

import org.jspecify.annotations.NullMarked;
