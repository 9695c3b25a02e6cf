package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.annotation.DistributedLock;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import io.distlock.redis.RedisLockDriverAutoConfiguration;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
import org.springframework.core.io.InputStreamSource;
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

    @Test
    void anApplicationStartsFromGeneratedCodeWithItsNamedLockers(@TempDir Path directory) throws Exception {
        generate(
                "distlock.driver=memory",
                "distlock.ttl=20s",
                "distlock.shutdown-grace=0s",
                "distlock.lockers.jobs.ttl=40s",
                "distlock.lockers.payments.prefix=payments:");
        Path classes = Files.createDirectories(directory.resolve("classes"));
        List<String> sources = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Map.Entry<String, InputStreamSource> file :
                    this.files.getGeneratedFiles(kind).entrySet()) {
                Path written = (kind == Kind.SOURCE ? directory.resolve("sources") : classes).resolve(file.getKey());
                Files.createDirectories(written.getParent());
                try (InputStream content = file.getValue().getInputStream()) {
                    Files.copy(content, written);
                }
                if (kind == Kind.SOURCE) {
                    sources.add(written.toString());
                }
            }
        }
        String classPath = classes + File.pathSeparator + System.getProperty("java.class.path");
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-nowarn", "-parameters", "-d", classes.toString(), "-cp", classPath));
        arguments.addAll(sources);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        Process application = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dspring.aot.enabled=true",
                        "-Ddistlock.driver=memory",
                        "-Ddistlock.ttl=20s",
                        "-Ddistlock.shutdown-grace=0s",
                        "-Ddistlock.lockers.jobs.ttl=40s",
                        "-Ddistlock.lockers.payments.prefix=payments:",
                        "-cp",
                        classPath,
                        GeneratedApplication.class.getName(),
                        "com.example.Application__ApplicationContextInitializer")
                .redirectErrorStream(true)
                .start();
        String output = new String(application.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(application.waitFor()).as(output).isZero();
        assertThat(output).contains("took [default for 20 s, jobs for 40 s, payments for 20 s]");
    }

    private RuntimeHints generate() {
        return generate("distlock.driver=map");
    }

    private RuntimeHints generate(String... properties) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of(properties).applyTo(context);
            context.register(
                    Connections.class,
                    RedisLockDriverAutoConfiguration.class,
                    DistlockAutoConfiguration.class,
                    DistributedLockAutoConfiguration.class,
                    LockedTransactionsAutoConfiguration.class,
                    MemoryLockDriverAutoConfiguration.class,
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
