/** Reads the properties, wires the rooms together and explains what is wrong with a configuration. */
@NullMarked
package io.distlock.autoconfigure;

import org.jspecify.annotations.NullMarked;
