package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.aspect.DistributedLockAspect;
import io.distlock.docs.Page;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.aspectj.weaver.loadtime.Agent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Load-time weaving needs a JVM of its own, started with the agent, and the rules that docs/annotation.md shows. */
@Timeout(60)
class WeavingTests {

    @TempDir
    private Path directory;

    @Test
    void wovenMethodsAreLockedHoweverTheyAreCalled() throws Exception {
        assertThat(run(WovenApplication.class))
                .contains("through the bean: [door]")
                .contains("from the same object: [door]")
                .contains("private: [safe]")
                .contains("by class: [" + WovenApplication.Bank.class.getName() + ".count]")
                .contains("text of an object: free")
                .contains("entered again: 1 lease")
                .contains("twice: [window]")
                .contains("static: [vault]")
                .contains("held afterwards: {}")
                .contains("after the end: is woven to be locked, but no application context");
    }

    private String run(Class<?> main) throws IOException, InterruptedException, URISyntaxException {
        Path rules = Files.createDirectories(this.directory.resolve("META-INF")).resolve("aop.xml");
        String shown = Page.of("docs/annotation.md").blocks("xml").get(0);
        assertThat(shown).contains(DistributedLockAspect.class.getName());
        Files.writeString(rules, shown.replace("com.example", main.getName()));
        Path output = this.directory.resolve("output");
        Process process = new ProcessBuilder(command(main))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private List<String> command(Class<?> main) throws URISyntaxException {
        return List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-javaagent:"
                        + Path.of(Agent.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI()),
                "-cp",
                this.directory
                        + File.pathSeparator
                        + ManagementFactory.getRuntimeMXBean().getClassPath(),
                main.getName());
    }
}
