package io.distlock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.driver.DriverSettings;
import io.distlock.memory.MemoryLockDriverFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a thread remembers of its leases, in whatever order it gives them back. */
class OwnLeasesTests {

    private static final int LOCKS = 500;

    private final DistributedLocker locker = locker();

    private static DistributedLocker locker() {
        Instance instance = Instance.here("here");
        DriverSettings driver = new DriverSettings(
                "default", "p:", instance.id(), Duration.ofSeconds(5), Duration.ofMillis(1), true, Optional.empty());
        return DistributedLocker.create(
                LockerSettings.defaults(),
                instance,
                new MemoryLockDriverFactory().create(driver),
                new RandomTokens(instance),
                List.of());
    }

    @AfterEach
    void close() {
        this.locker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whoAlwaysHoldsSomethingDoesNotKeepWhatItGaveBack(int atOnce) {
        List<WeakReference<String>> keys = new ArrayList<>();
        Deque<Lease> held = new ArrayDeque<>();
        for (int i = 0; i < LOCKS; i++) {
            // a text of its own, which only the lease and its request refer to
            String key = new String("k" + i);
            keys.add(new WeakReference<>(key));
            held.add(this.locker.acquire(LockRequest.of(key)));
            if (held.size() > atOnce) {
                held.remove().close();
            }
        }
        await().untilAsserted(() -> {
            System.gc();
            assertThat(keys).filteredOn(key -> key.get() != null).hasSizeLessThan(40);
        });
        assertThat(OwnLeases.locks(8)).hasSize(atOnce).contains("default/k" + (LOCKS - 1));
        held.forEach(Lease::close);
        assertThat(OwnLeases.locks(8)).isEmpty();
    }
}
