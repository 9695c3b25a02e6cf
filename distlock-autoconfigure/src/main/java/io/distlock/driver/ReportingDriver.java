package io.distlock.driver;

import java.util.concurrent.CompletionStage;

/** A store that can be asked what it is. */
public interface ReportingDriver extends LockDriver {

    /** Asked once, when an application starts. */
    CompletionStage<StoreReport> report();
}
