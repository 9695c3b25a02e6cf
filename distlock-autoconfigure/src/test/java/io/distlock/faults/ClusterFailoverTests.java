package io.distlock.faults;

import io.distlock.testredis.PrivateRedis;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisClusterConfiguration;

/** Over Lettuce, which by itself looks for the new master too soon, and not again for long. */
class ClusterFailoverTests extends ClusterFailover {

    @Override
    RunningInstance.Setup setUp(RedisClusterConfiguration nodes) {
        return RunningInstance.with(nodes);
    }

    @Override
    Duration latest() {
        return Duration.ZERO;
    }

    /** It accepts connections, so whoever looks for the new master must not wait for the answer of the former one. */
    @Test
    void theSameWhereTheMasterStandsStill() {
        failOver(PrivateRedis::pause);
    }
}
