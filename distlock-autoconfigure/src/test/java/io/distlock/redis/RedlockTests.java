package io.distlock.redis;

import io.distlock.testredis.TestRedis;
import java.util.List;
import java.util.Optional;

/** With redlock for Node.js over one server, where {@code NODE_PATH} names a folder with {@code redlock@4} and {@code ioredis@5}. */
class RedlockTests extends ForeignClientContract {

    @Override
    Optional<ForeignClient> client(TestRedis redis) {
        return ForeignClient.start("foreign.js", List.of("node"), redis);
    }

    @Override
    String needed() {
        return "Node.js and a NODE_PATH with redlock@4 and ioredis@5";
    }
}
