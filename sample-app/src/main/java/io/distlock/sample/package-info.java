/** Seat booking for a concert: what goes wrong without a lock, and right with one. */
@NullMarked
package io.distlock.sample;

import org.jspecify.annotations.NullMarked;
