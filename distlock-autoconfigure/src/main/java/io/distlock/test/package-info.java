/** What tests of applications use: locks in memory whose clock moves, whose store falls silent, and that remember. */
@NullMarked
package io.distlock.test;

import org.jspecify.annotations.NullMarked;
