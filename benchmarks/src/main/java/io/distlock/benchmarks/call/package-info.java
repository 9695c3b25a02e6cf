/** What an annotated call costs by itself, measured by JMH. */
@NullMarked
package io.distlock.benchmarks.call;

import org.jspecify.annotations.NullMarked;
