package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.annotation.DistributedLock;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.javapoet.ClassName;

class AheadOfTimeTests {

    private final InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();

    @Test
    void everyBeanCanBeMadeByGeneratedCode() {
        generate();

        assertThat(this.files.getGeneratedFiles(Kind.SOURCE).keySet())
                .anyMatch(name -> name.contains("DistlockAutoConfiguration__"))
                .anyMatch(name -> name.contains("DistributedLockAutoConfiguration__"));
    }

    @Test
    void whatExpressionsAndAnnotationsNeedIsHinted() throws ClassNotFoundException {
        RuntimeHints hints = generate();

        assertThat(RuntimeHintsPredicates.reflection()
                        .onMethodInvocation("io.distlock.aspect.CallContext$Root", "methodName"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.proxies().forInterfaces(DistributedLock.class))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(DistlockProperties.class))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(LocksProperties.NamedLock.class))
                .accepts(hints);
    }

    @Test
    void theScriptsAreHinted() throws IOException {
        RuntimeHints hints = generate();

        assertThat(new PathMatchingResourcePatternResolver().getResources("classpath*:io/distlock/redis/*.lua"))
                .isNotEmpty()
                .allSatisfy(script -> assertThat(RuntimeHintsPredicates.resource()
                                .forResource("io/distlock/redis/" + script.getFilename()))
                        .accepts(hints));
    }

    private RuntimeHints generate() {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of("distlock.driver=map").applyTo(context);
            context.register(
                    Connections.class,
                    RedisLockDriverAutoConfiguration.class,
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    LockedTransactionsAutoConfiguration.class,
                    MapDrivers.class);
            DefaultGenerationContext generation = new DefaultGenerationContext(
                    new ClassNameGenerator(ClassName.get("com.example", "Application")), this.files);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            generation.writeGeneratedContent();
            return generation.getRuntimeHints();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Connections {

        @Bean
        LettuceConnectionFactory connections() {
            return new LettuceConnectionFactory();
        }
    }
}
