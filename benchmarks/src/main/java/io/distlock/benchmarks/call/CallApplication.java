package io.distlock.benchmarks.call;

import io.distlock.autoconfigure.DistlockAutoConfiguration;
import io.distlock.autoconfigure.DistributedLockAutoConfiguration;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.resilience.annotation.EnableResilientMethods;

/** Locks and limits, and nothing else that would be put around a call. */
@Configuration(proxyBeanMethods = false)
@EnableResilientMethods
@ImportAutoConfiguration({
    DistlockAutoConfiguration.class,
    DistributedLockAutoConfiguration.class,
    MemoryLockDriverAutoConfiguration.class
})
@Import(Shop.class)
class CallApplication {

    static ConfigurableApplicationContext start(Class<?>... configurations) {
        return new SpringApplicationBuilder(configurations)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .properties("distlock.driver=memory", "logging.level.root=warn")
                .run();
    }
}
