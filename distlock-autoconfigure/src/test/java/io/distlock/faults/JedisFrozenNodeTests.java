package io.distlock.faults;

import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** The same over Jedis, whose calls block a thread each until the silent node answers. */
class JedisFrozenNodeTests extends FrozenNodeTests {

    @Override
    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.byJedisWith(nodes);
    }

    /** Jedis looks at the nodes over a connection made for it, each time that a command finds none. */
    @Override
    int fewConnections() {
        return 40;
    }
}
