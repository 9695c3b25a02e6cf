/** The model of the protocol, searched by TLC: {@code src/test/tla}. */
@NullMarked
package io.distlock.model;

import org.jspecify.annotations.NullMarked;
