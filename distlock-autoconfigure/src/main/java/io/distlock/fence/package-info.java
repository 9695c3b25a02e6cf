/**
 * Checks of fences at the resources that locks protect: no lock can stop a holder that was paused for longer than its
 * lease lasts, but a resource that has seen a newer fence can refuse it.
 */
@NullMarked
package io.distlock.fence;

import org.jspecify.annotations.NullMarked;
