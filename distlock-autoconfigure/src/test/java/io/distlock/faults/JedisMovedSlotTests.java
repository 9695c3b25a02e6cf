package io.distlock.faults;

import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** The same over Jedis, which follows a slot that moves in its own way. */
class JedisMovedSlotTests extends MovedSlotTests {

    @Override
    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.byJedisWith(nodes);
    }
}
