package io.distlock.redis;

import java.util.Optional;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Opens the Redis driver where the application has a connection factory. */
@AutoConfiguration(afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnBooleanProperty(name = "distlock.enabled", matchIfMissing = true)
@ConditionalOnClass(RedisConnectionFactory.class)
@ConditionalOnBean(RedisConnectionFactory.class)
@ImportRuntimeHints(ScriptHints.class)
public final class RedisLockDriverAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    RedisLockDriverFactory redisLockDriverFactory(BeanFactory beans) {
        return new RedisLockDriverFactory((Optional<String> name) -> name.isPresent()
                ? beans.getBean(name.get(), RedisConnectionFactory.class)
                : beans.getBean(RedisConnectionFactory.class));
    }
}
