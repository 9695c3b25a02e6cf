/** What users write on a method to have it locked. */
@NullMarked
package io.distlock.annotation;

import org.jspecify.annotations.NullMarked;
