/** Locks that several independent stores keep together: a majority of them, or all of them in order. */
@NullMarked
package io.distlock.quorum;

import org.jspecify.annotations.NullMarked;
