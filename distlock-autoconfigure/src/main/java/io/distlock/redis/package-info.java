/** Keeps locks in one Redis, through the application's own connection factory. */
@NullMarked
package io.distlock.redis;

import org.jspecify.annotations.NullMarked;
