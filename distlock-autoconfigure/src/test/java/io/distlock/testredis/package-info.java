/** Real Redis servers for tests, wherever one can be had: shared ones to talk to and private ones to mistreat. */
@NullMarked
package io.distlock.testredis;

import org.jspecify.annotations.NullMarked;
