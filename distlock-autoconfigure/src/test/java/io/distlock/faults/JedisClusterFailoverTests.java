package io.distlock.faults;

import java.time.Duration;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** Over Jedis, which looks for the new master whenever a connection fails. */
class JedisClusterFailoverTests extends ClusterFailover {

    @Override
    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.byJedisWith(nodes);
    }

    /** It tries five times, and waits for two seconds each. */
    @Override
    Duration latest() {
        return Duration.ofSeconds(10);
    }
}
