package io.distlock.faults;

import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** Over Jedis, which by itself looks for the new master only when it has tried the old one several times. */
class JedisClusterFailoverTests extends ClusterFailover {

    @Override
    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.byJedisWith(nodes);
    }
}
