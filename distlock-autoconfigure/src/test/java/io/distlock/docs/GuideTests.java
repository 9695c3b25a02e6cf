package io.distlock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Accounts;
import com.example.BankApplication;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The application of the guide does what the guide says. {@code .ci/guide} builds and runs it as a reader would. */
class GuideTests {

    private static final String SOURCES = "src/main/java/";

    private final TestRedis redis = RedisServers.shared();

    @Test
    void itsFilesAreThoseThatAreTriedOutHere() throws IOException {
        Map<String, String> files = Page.of("docs/guide.md").files();
        assertThat(files)
                .containsOnlyKeys(
                        "pom.xml",
                        SOURCES + "com/example/Accounts.java",
                        SOURCES + "com/example/BankApplication.java",
                        "src/main/resources/application.yml");
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (file.getKey().startsWith(SOURCES)) {
                String here =
                        "distlock-autoconfigure/src/test/java/" + file.getKey().substring(SOURCES.length());
                assertThat(Page.dense(file.getValue()))
                        .as("%s, imports and all", here)
                        .isEqualTo(Page.dense(Files.readString(Page.path(here))));
            }
        }
    }

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
