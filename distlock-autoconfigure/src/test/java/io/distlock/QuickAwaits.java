package io.distlock;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Every condition is looked at soon and often: a tenth of a second, waited for thousands of times, is minutes. */
public final class QuickAwaits implements BeforeAllCallback {

    private static final Duration OFTEN = Duration.ofMillis(10);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultPollInterval(OFTEN);
        Awaitility.setDefaultPollDelay(Duration.ZERO);
    }
}
