package io.distlock.faults;

import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** Over Lettuce, which by itself looks for the new master too soon, and not again for long. */
class ClusterFailoverTests extends ClusterFailover {

    @Override
    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.with(nodes);
    }
}
