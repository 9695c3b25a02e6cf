/** Turns an annotated call into a lock request and puts the lock around the call. */
@NullMarked
package io.distlock.aspect;

import org.jspecify.annotations.NullMarked;
