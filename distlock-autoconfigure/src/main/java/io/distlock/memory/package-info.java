/** Locks of one JVM, for development and tests. */
@NullMarked
package io.distlock.memory;

import org.jspecify.annotations.NullMarked;
