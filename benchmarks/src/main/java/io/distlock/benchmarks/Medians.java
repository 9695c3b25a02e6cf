package io.distlock.benchmarks;

import io.distlock.benchmarks.subject.SubjectKind;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Middle values over the rounds of one workload. */
final class Medians {

    private final List<Outcome> outcomes;

    Medians(List<Outcome> outcomes) {
        this.outcomes = outcomes;
    }

    List<SubjectKind> subjects() {
        return this.outcomes.stream().map(Outcome::subject).distinct().toList();
    }

    List<Outcome> of(SubjectKind subject) {
        return this.outcomes.stream()
                .filter(outcome -> outcome.subject() == subject)
                .toList();
    }

    double median(SubjectKind subject, ToDoubleFunction<Outcome> value) {
        return middle(of(subject).stream().mapToDouble(value).toArray());
    }

    /** The middle of the ratios within each round, so that a slow minute of the machine touches both sides of it. */
    double ratio(SubjectKind subject, SubjectKind baseline, ToDoubleFunction<Outcome> value) {
        List<Outcome> below = of(baseline);
        return middle(of(subject).stream()
                .flatMapToDouble(outcome -> below.stream()
                        .filter(other -> other.round() == outcome.round())
                        .mapToDouble(other -> value.applyAsDouble(outcome) / value.applyAsDouble(other)))
                .toArray());
    }

    static double middle(double[] values) {
        double[] sorted = java.util.Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
