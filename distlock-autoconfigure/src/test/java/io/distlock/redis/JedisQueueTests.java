package io.distlock.redis;

import io.distlock.testredis.PrivateRedis;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;

/** The same over Jedis, where the queue is before a few threads that wait for answers. */
class JedisQueueTests extends RedisQueueTests {

    @Override
    RedisLink connect(PrivateRedis server) {
        JedisConnectionFactory connections = Connections.jedis(server);
        this.opened.add(connections::destroy);
        return new JedisLink(connections);
    }
}
