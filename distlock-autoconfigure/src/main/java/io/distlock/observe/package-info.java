/** Meters, observations and log context of locks: listeners that tell Micrometer and SLF4J what they hear. */
@NullMarked
package io.distlock.observe;

import org.jspecify.annotations.NullMarked;
