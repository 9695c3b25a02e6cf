package io.distlock.docs.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The application of the guide does what the guide says. */
class GuideTests {

    private final TestRedis redis = RedisServers.shared();

    @Test
    void adaHas200() {
        try (ConfigurableApplicationContext bank = start()) {
            assertThat(bank.getBean(Accounts.class).balance("ada")).isEqualTo(200);
        }
        try (ConfigurableApplicationContext again = start()) {
            assertThat(again.getBean(Accounts.class).balance("ada")).isEqualTo(400);
        }
    }

    private ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(BankApplication.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.data.redis.host=" + this.redis.host(),
                        "--spring.data.redis.port=" + this.redis.port(),
                        "--distlock.command-timeout=5s"); // on a busy machine everything is slow
    }
}
