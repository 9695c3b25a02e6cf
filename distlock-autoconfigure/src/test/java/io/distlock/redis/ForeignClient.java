package io.distlock.redis;

import io.distlock.testredis.TestRedis;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process in which another library, of another language, locks as it is told. */
final class ForeignClient implements AutoCloseable {

    private static final int WITHOUT_LIBRARY = 3;

    private final Path program;

    private final Process process;

    private final BufferedReader answers;

    private ForeignClient(Path program, Process process) {
        this.program = program;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Empty where none of these interpreters is there and has the library. */
    static Optional<ForeignClient> start(String program, List<String> interpreters, TestRedis redis) {
        return interpreters.stream()
                .flatMap(interpreter -> start(program, interpreter, redis).stream())
                .findFirst();
    }

    private static Optional<ForeignClient> start(String program, String interpreter, TestRedis redis) {
        Path file = unpacked(program);
        try {
            ForeignClient client = new ForeignClient(
                    file,
                    new ProcessBuilder(interpreter, file.toString(), redis.host(), String.valueOf(redis.port()))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
            if (client.hasLibrary()) {
                return Optional.of(client);
            }
            client.close();
        } catch (IOException absent) {
            file.toFile().delete();
        }
        return Optional.empty();
    }

    private static Path unpacked(String program) {
        try (InputStream source =
                Objects.requireNonNull(ForeignClient.class.getResourceAsStream(program), "no " + program)) {
            Path file = Files.createTempFile("distlock-", program);
            Files.write(file, source.readAllBytes());
            return file;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private boolean hasLibrary() throws IOException {
        if (this.answers.readLine() != null) {
            return true;
        }
        int end = this.process.onExit().join().exitValue();
        if (end != WITHOUT_LIBRARY) {
            throw new IllegalStateException(this.program + " ended with " + end);
        }
        return false;
    }

    /** What it answers, in the order of asking. */
    CompletableFuture<String> ask(String... words) {
        try {
            this.process.getOutputStream().write((String.join(" ", words) + "\n").getBytes(StandardCharsets.UTF_8));
            this.process.getOutputStream().flush();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return CompletableFuture.supplyAsync(this::read).orTimeout(60, TimeUnit.SECONDS);
    }

    String answer(String... words) {
        return ask(words).join();
    }

    private String read() {
        try {
            return Objects.requireNonNull(this.answers.readLine(), "it has ended without an answer");
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close() {
        this.process.destroyForcibly();
        this.program.toFile().delete();
    }
}
