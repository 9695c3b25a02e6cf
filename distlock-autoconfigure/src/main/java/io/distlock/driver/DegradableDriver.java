package io.distlock.driver;

import java.util.Set;

/** A store that goes on with less than it has. */
public interface DegradableDriver extends LockDriver {

    /** What is missing, one sentence each, as far as the last answers told; asks nothing. Empty when all is well. */
    Set<String> degradations();
}
