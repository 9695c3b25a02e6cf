package io.distlock.aspect;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;

/** Decides call by call whether a lock is wanted; without an expression always. */
record Condition(AnnotatedMethod annotated, @Nullable Expression expression) {

    static Condition of(AnnotatedMethod annotated, Parameters parameters, Expressions expressions, String written) {
        String text = expressions.properties(annotated, "condition", written).strip();
        return new Condition(
                annotated, text.isEmpty() ? null : expressions.expression(annotated, parameters, "condition", text));
    }

    /** Whether there is none. Who asks this first makes nothing for a call that needs no decision. */
    boolean isNone() {
        return this.expression == null;
    }

    /** @throws IllegalArgumentException when the expression fails, or says neither yes nor no */
    boolean holds(Supplier<? extends EvaluationContext> call) {
        return this.expression == null || answer(this.expression, call.get());
    }

    private boolean answer(Expression expression, EvaluationContext call) {
        Boolean answer;
        try {
            answer = expression.getValue(call, Boolean.class);
        } catch (RuntimeException failure) {
            throw refuse("failed: " + failure.getMessage(), failure);
        }
        if (answer == null) {
            throw refuse("is null", null);
        }
        return answer;
    }

    private IllegalArgumentException refuse(String fact, @Nullable Throwable cause) {
        return new IllegalArgumentException("No lock for " + this.annotated + ": condition " + fact, cause);
    }
}
