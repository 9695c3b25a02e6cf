package io.distlock.benchmarks.subject;

import io.distlock.benchmarks.server.RedisAddress;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The connection factory as an application has it. */
final class SpringRedis {

    private SpringRedis() {}

    static LettuceConnectionFactory connect(RedisAddress address) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(address.host(), address.port());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }
}
