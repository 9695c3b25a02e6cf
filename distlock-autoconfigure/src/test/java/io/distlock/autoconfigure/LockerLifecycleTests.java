package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.distlock.Cases;
import io.distlock.autoconfigure.DistlockProperties.OnFailure;
import io.distlock.core.DistributedLocker;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class LockerLifecycleTests {

    @Test
    @Cases("RN-11")
    void oneThatFailsKeepsNoOtherFromClosingAndNoFailureIsDropped() {
        DistributedLocker first = mock(DistributedLocker.class);
        DistributedLocker second = mock(DistributedLocker.class);
        DistributedLocker third = mock(DistributedLocker.class);
        doThrow(new IllegalStateException("one")).when(first).close();
        doThrow(new IllegalStateException("two")).when(second).close();
        ConfigurableApplicationContext context = mock(ConfigurableApplicationContext.class);
        when(context.isClosed()).thenReturn(true);
        when(context.getBeansOfType(DistributedLocker.class))
                .thenReturn(Map.of("first", first, "second", second, "third", third));

        assertThatIllegalStateException()
                .isThrownBy(new LockerLifecycle(context, new StartupCheck(OnFailure.OFF, bean -> false))::stop)
                .satisfies(failed -> assertThat(failed.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactlyInAnyOrder("one", "two"));
        verify(third).close();
    }
}
