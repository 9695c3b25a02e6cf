package io.distlock.sample;

import io.distlock.fence.FenceGuard;
import io.distlock.fence.JdbcFenceGuard;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

@SpringBootApplication
class SampleApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(SampleApplication.class, arguments);
    }

    @Bean
    FenceGuard fences(JdbcTemplate jdbc) {
        return new JdbcFenceGuard(jdbc);
    }
}
