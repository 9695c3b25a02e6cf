/** What one store is asked and what it may answer: the place to add a store. */
@NullMarked
package io.distlock.driver;

import org.jspecify.annotations.NullMarked;
