package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What callers may rely on, on a real cluster. */
class ClusterLockerTests extends RedisLockerTests {

    private static ClusterClients clients;

    @BeforeAll
    static void startCluster() {
        clients = new ClusterClients();
    }

    @AfterAll
    static void stopCluster() {
        clients.close();
    }

    @Override
    protected LockDriver create(DriverSettings settings) {
        return new RedisLockDriverFactory(clients.another()).create(settings);
    }
}
