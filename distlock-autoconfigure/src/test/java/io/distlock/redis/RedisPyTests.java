package io.distlock.redis;

import io.distlock.testredis.TestRedis;
import java.util.List;
import java.util.Optional;

/** With the lock of redis-py, which {@code .ci/run} installs as Debian's {@code python3-redis}. */
class RedisPyTests extends ForeignClientContract {

    @Override
    Optional<ForeignClient> client(TestRedis redis) {
        // the second is Debian's own, which has its packages, where another one comes first
        return ForeignClient.start("foreign.py", List.of("python3", "/usr/bin/python3"), redis);
    }

    @Override
    String needed() {
        return "python3-redis";
    }
}
