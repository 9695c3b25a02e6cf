package io.distlock.faults;

import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** Over Jedis, which looks for the new master whenever a connection fails. */
class JedisClusterFailoverTests extends ClusterFailover {

    @Override
    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.byJedisWith(nodes);
    }
}
