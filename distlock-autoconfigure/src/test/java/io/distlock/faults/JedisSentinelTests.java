package io.distlock.faults;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;

/** The same over Jedis. */
class JedisSentinelTests extends SentinelTests {

    @Override
    RunningInstance.Setup setUp(RedisSentinelConfiguration sentinels) {
        return RunningInstance.overJedis(sentinels);
    }
}
