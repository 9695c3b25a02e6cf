/** What all processes of a run write down for each other, in one file mapped into all of them. */
@NullMarked
package io.distlock.benchmarks.board;

import org.jspecify.annotations.NullMarked;
