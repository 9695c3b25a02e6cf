package io.distlock.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What growth costs, as a table and as curves. */
final class GrowthReport {

    /** Fewer cost less than what else changes meanwhile. */
    private static final int ENOUGH = 1000;

    private final List<Step> steps;

    GrowthReport(List<Step> steps) {
        this.steps = steps;
    }

    String table() {
        Table table = new Table(List.of(
                "what",
                "number",
                "Redis bytes each",
                "client bytes each",
                "requests/s",
                "commands/s",
                "Redis µs/request",
                "Redis CPU %",
                "client CPU %"));
        for (Step step : this.steps) {
            table.row(List.of(
                    step.what().text(),
                    "%,d".formatted(step.count()),
                    Table.number(each(step, Step::redisBytes)),
                    Table.number(each(step, Step::heapBytes)),
                    Table.number(step.requests()),
                    Table.number(step.commands()),
                    Table.number(step.scriptMicros()),
                    Table.number(step.redisCpu()),
                    Table.number(step.clientCpu())));
        }
        return table.toString();
    }

    private static double each(Step step, ToDoubleFunction<Step> bytes) {
        double all = bytes.applyAsDouble(step);
        return step.count() < ENOUGH || all < 0 ? Double.NaN : all / step.count();
    }

    List<String> plot(Path directory) throws IOException {
        List<String> files = new ArrayList<>();
        files.add(plot("growth-requests.svg", "requests per second", Step::requests, directory));
        files.add(plot("growth-redis-cpu.svg", "Redis, % of a processor", Step::redisCpu, directory));
        files.add(plot("growth-client-cpu.svg", "client, % of a processor", Step::clientCpu, directory));
        files.add(plot(
                "growth-redis-memory.svg", "Redis, bytes of each", step -> each(step, Step::redisBytes), directory));
        files.add(plot(
                "growth-client-memory.svg", "client, bytes of each", step -> each(step, Step::heapBytes), directory));
        return files;
    }

    private String plot(String file, String unit, Function<Step, Double> value, Path directory) throws IOException {
        Map<String, Map<Double, Double>> curves = new LinkedHashMap<>();
        for (Step step : this.steps) {
            double height = value.apply(step);
            if (height > 0) { // nothing else can be shown on a scale of powers
                curves.computeIfAbsent(step.what().text(), what -> new TreeMap<>())
                        .put((double) step.count(), height);
            }
        }
        Curves.save("what grows, and what it costs", "number", unit, curves, directory.resolve(file));
        return file;
    }
}
