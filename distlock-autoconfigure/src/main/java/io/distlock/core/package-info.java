/** Takes locks, lines callers up, keeps leases alive and gives them back, on whichever driver. */
@NullMarked
package io.distlock.core;

import org.jspecify.annotations.NullMarked;
