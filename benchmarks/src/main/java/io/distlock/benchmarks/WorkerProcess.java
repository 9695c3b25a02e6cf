package io.distlock.benchmarks;

import io.distlock.benchmarks.server.RedisAddress;
import io.distlock.benchmarks.subject.SubjectKind;
import io.distlock.benchmarks.worker.Worker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A worker in a JVM of its own, as its controller sees it. */
final class WorkerProcess implements AutoCloseable {

    /** The same for every subject. */
    static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms128m", "-Xmx256m", "-Xss512k");

    private final Process process;

    private final BufferedReader answers;

    private final Writer orders;

    private WorkerProcess(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    static WorkerProcess start(
            String workload, SubjectKind subject, RedisAddress redis, Path board, int index, List<String> options)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
        command.addAll(List.of(workload, subject.label(), redis.toString(), board.toString(), Integer.toString(index)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        return new WorkerProcess(builder.start());
    }

    /** Gives an order; {@link #answer()} must follow. */
    void order(String order) throws IOException {
        this.orders.write(order + "\n");
        this.orders.flush();
    }

    String answer() throws IOException {
        for (String line = this.answers.readLine(); line != null; line = this.answers.readLine()) {
            if (line.startsWith(Worker.ANSWER)) {
                return line.substring(Worker.ANSWER.length());
            }
        }
        return "failed: the worker process ended";
    }

    String ask(String order) throws IOException {
        order(order);
        return answer();
    }

    Duration cpu() {
        return this.process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() throws IOException {
        try {
            this.orders.close();
        } catch (IOException gone) {
            // It has ended by itself.
        }
        try {
            if (!this.process.waitFor(5, java.util.concurrent.TimeUnit.SECONDS)) {
                this.process.destroyForcibly();
            }
        } catch (InterruptedException ex) {
            this.process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
