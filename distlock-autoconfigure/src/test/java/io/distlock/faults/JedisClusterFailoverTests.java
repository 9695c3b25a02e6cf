package io.distlock.faults;

import java.time.Duration;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** Over Jedis, which looks for the new master whenever a connection fails. */
class JedisClusterFailoverTests extends ClusterFailover {

    @Override
    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.byJedisWith(nodes);
    }

    /**
     * It tries five times, and waits for two seconds each. A key that was free came back in two runs of four; that a try so
     * late is the cause is likely, and not proven.
     */
    @Override
    Duration latest() {
        return Duration.ofSeconds(10);
    }
}
