package io.distlock.autoconfigure;

import io.distlock.aspect.InvalidLockAnnotationException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/** Every annotation that was found wrong, and what to change about each. */
@Order(0)
final class AnnotationFailureAnalyzer extends AbstractFailureAnalyzer<InvalidLockAnnotationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidLockAnnotationException cause) {
        return new FailureAnalysis(
                lines(cause, InvalidLockAnnotationException::getMessage)
                        + System.lineSeparator() + System.lineSeparator()
                        + "'distlock.aspect.verify' decides whether this keeps the application from starting.",
                lines(cause, InvalidLockAnnotationException::remedy),
                rootFailure);
    }

    /** Numbered where there are several, so that it can be seen which remedy belongs to which. */
    private static String lines(
            InvalidLockAnnotationException first, Function<InvalidLockAnnotationException, String> line) {
        List<String> lines = Stream.concat(
                        Stream.of(first),
                        Arrays.stream(first.getSuppressed())
                                .filter(InvalidLockAnnotationException.class::isInstance)
                                .map(InvalidLockAnnotationException.class::cast))
                .map(line)
                .toList();
        return lines.size() == 1
                ? lines.get(0)
                : IntStream.range(0, lines.size())
                        .mapToObj(i -> "(" + (i + 1) + ") " + lines.get(i))
                        .collect(Collectors.joining(System.lineSeparator()));
    }
}
