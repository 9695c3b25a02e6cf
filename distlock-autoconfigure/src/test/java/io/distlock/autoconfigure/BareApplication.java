package io.distlock.autoconfigure;

import io.distlock.Leases;
import io.distlock.annotation.DistributedLock;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** For a JVM of its own, which has fewer libraries than these tests. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class BareApplication {

    public static void main(String[] settings) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(BareApplication.class)
                .web(WebApplicationType.NONE)
                .run(settings)) {
            System.out.println("SOLD UNDER FENCE " + context.getBean(Shop.class).sell("A7"));
            System.out.println("PARTS "
                    + Arrays.stream(context.getBeanDefinitionNames())
                            .filter(name -> name.matches("lock(Meters|erMeters|Observations|Memory|Endpoint"
                                    + "|ConsoleEndpoint|Context|Order|Spans)|holderLinks|distlockHealthContributor"))
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
    }

    @Bean
    Shop shop() {
        return new Shop();
    }

    static class Shop {

        @DistributedLock("seat:#{#seat}")
        public long sell(String seat) {
            return Leases.requireHeld("seat:" + seat).fencingToken();
        }
    }
}
