package io.distlock.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceClientConfigurationBuilder;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A Redis that a locker names itself by its address, beside the application's. */
final class OwnRedis {

    private OwnRedis() {}

    /** @throws IllegalArgumentException for what is no address; it does not repeat passwords */
    static LettuceConnectionFactory at(String address, Duration timeout, ClientResources resources) {
        RedisURI uri = parse(address);
        LettuceClientConfigurationBuilder client = LettuceClientConfiguration.builder()
                .clientResources(resources)
                .commandTimeout(timeout)
                .shutdownQuietPeriod(Duration.ZERO)
                .shutdownTimeout(Duration.ZERO);
        if (uri.isSsl()) {
            client.useSsl();
        }
        LettuceConnectionFactory factory =
                new LettuceConnectionFactory(LettuceConnectionFactory.createRedisConfiguration(uri), client.build());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    private static RedisURI parse(String address) {
        try {
            return RedisURI.create(address);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "'" + address.replaceFirst("//.*@", "//") + "' is no address of a Redis, such as redis://host:6379",
                    wrong);
        }
    }
}
