package io.distlock.driver;

import java.util.concurrent.CompletionStage;

/** A store that can be made ready before the first lock. */
public interface StartingDriver extends LockDriver {

    /** Asked once, when an application starts; whoever locks before it is done, or after it has failed, loses but time. */
    CompletionStage<Void> start();
}
