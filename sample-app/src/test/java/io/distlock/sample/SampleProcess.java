package io.distlock.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The sample in a JVM of its own, on a port of its own. */
final class SampleProcess implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    private final Process process;

    private final Path log;

    private SampleProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static SampleProcess start(Path data, String... settings) throws IOException {
        return startWith(List.of(), data, settings);
    }

    /** With what was generated when it was built. */
    static SampleProcess startAheadOfTime(Path data, String... settings) throws IOException {
        return startWith(List.of("-Dspring.aot.enabled=true"), data, settings);
    }

    private static SampleProcess startWith(List<String> options, Path data, String... settings) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, SampleApplication.class.getName(), "--server.port=0"));
        command.add("--spring.datasource.url=jdbc:h2:async:" + data + "/seats;AUTO_SERVER=TRUE");
        command.add("--distlock.command-timeout=5s"); // on a busy machine everything is slow
        command.addAll(List.of(settings));
        Path log = Files.createTempFile(data, "sample", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        SampleProcess sample = new SampleProcess(process, log);
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> !process.isAlive() || PORT.matcher(sample.output()).find());
        return sample;
    }

    Concert concert() {
        return new Concert(PORT.matcher(output())
                .results()
                .map(result -> Integer.valueOf(result.group(1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The sample did not start: " + output())));
    }

    String output() {
        try {
            return Files.readString(this.log);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** SIGTERM, as Ctrl-C or a container's end would have it. */
    @Override
    public void close() throws InterruptedException {
        this.process.destroy();
        if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
            this.process.destroyForcibly();
        }
    }
}
