package io.distlock.aspect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.common.LiteralExpression;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.util.ObjectUtils;

/**
 * Text and expressions that make the keys of a call. A collection or array among them stands for one key per element.
 *
 * @param parts in the order of the text
 */
record LockKeyExpression(AnnotatedMethod annotated, List<Part> parts) {

    /** More at once is more likely a mistake than a wish: each is a round trip's worth of work in the store. */
    static final int MOST_KEYS = 100;

    static LockKeyExpression of(
            AnnotatedMethod annotated, Parameters parameters, Expressions expressions, String written) {
        String text = expressions.properties(annotated, "key", written).strip();
        if (text.isEmpty()) {
            return of(annotated, new LiteralExpression(annotated.key()));
        }
        if (isOneExpression(text)) {
            return of(annotated, expressions.expression(annotated, parameters, "key", text));
        }
        Expression template = expressions.template(annotated, parameters, "key", text);
        return template instanceof CompositeStringExpression composite
                ? of(annotated, composite.getExpressions())
                : of(annotated, template);
    }

    private static LockKeyExpression of(AnnotatedMethod annotated, Expression... parts) {
        return new LockKeyExpression(
                annotated, Arrays.stream(parts).map(Part::of).toList());
    }

    private static boolean isOneExpression(String text) {
        return text.startsWith("#") && !text.startsWith("#{")
                || text.startsWith("'")
                || text.startsWith("@")
                || text.startsWith("T(");
    }

    /** The key, where every call gives the same. */
    Optional<String> fixed() {
        return this.parts.stream().allMatch(Part::isFixed)
                ? Optional.of(this.parts.stream().map(Part::written).collect(Collectors.joining()))
                : Optional.empty();
    }

    /** @throws IllegalArgumentException when an expression fails, or gives nothing to lock */
    List<String> keys(EvaluationContext call) {
        String start = "";
        for (int i = 0; i < this.parts.size(); i++) {
            Part part = this.parts.get(i);
            Object value = value(part, call);
            if (isSeveral(value)) {
                return several(start, i, value, call);
            }
            // most keys end in a number, which needs no text of its own on the way
            start = value instanceof Long number ? start + number.longValue() : append(start, text(part, value));
        }
        return List.of(start);
    }

    /** @param value of the first part that is several, which follows {@code start} */
    private List<String> several(String start, int first, @Nullable Object value, EvaluationContext call) {
        List<String> keys = List.of(start);
        for (int i = first; i < this.parts.size(); i++) {
            Part part = this.parts.get(i);
            keys = append(keys, texts(part, i == first ? value : value(part, call)));
            if (keys.size() > MOST_KEYS) {
                throw refuse(part, "makes " + keys.size() + " keys, and at most " + MOST_KEYS + " go together");
            }
        }
        return keys;
    }

    private @Nullable Object value(Part part, EvaluationContext call) {
        if (part.isFixed()) {
            return part.written();
        }
        try {
            String argument = part.argument();
            Object value = argument == null ? part.expression().getValue(call) : call.lookupVariable(argument);
            return value instanceof Optional<?> optional ? optional.orElse(null) : value;
        } catch (RuntimeException failure) {
            throw new IllegalArgumentException(
                    "No lock key for " + this.annotated + ": expression '" + part.written() + "' failed: "
                            + failure.getMessage(),
                    failure);
        }
    }

    private static boolean isSeveral(@Nullable Object value) {
        return value instanceof Collection<?>
                || value != null && value.getClass().isArray();
    }

    private List<String> texts(Part part, @Nullable Object value) {
        if (value == null || !isSeveral(value)) {
            return List.of(text(part, value));
        }
        Collection<?> elements = value instanceof Collection<?> collection
                ? collection
                : Arrays.asList(ObjectUtils.toObjectArray(value));
        if (elements.isEmpty()) {
            throw refuse(part, "is empty");
        }
        List<String> texts = new ArrayList<>(elements.size());
        for (Object element : elements) {
            texts.add(text(part, element));
        }
        return texts;
    }

    private String text(Part part, @Nullable Object value) {
        if (part.isFixed()) {
            return part.written();
        }
        if (value == null) {
            throw refuse(part, "is null");
        }
        String text = value.toString();
        if (text.isBlank()) {
            throw refuse(part, "is blank");
        }
        // what it is compared with costs a text of its own, and is made only where it may be the same
        if (text.indexOf('@') > 0 && text.equals(ObjectUtils.identityToString(value))) {
            throw refuse(part, "is a " + value.getClass().getName() + ", which has no text of its own");
        }
        return text;
    }

    private IllegalArgumentException refuse(Part part, String fact) {
        return new IllegalArgumentException(
                "No lock key for " + this.annotated + ": expression '" + part.written() + "' " + fact);
    }

    private static List<String> append(List<String> starts, List<String> ends) {
        if (starts.size() == 1 && ends.size() == 1) {
            return List.of(append(starts.get(0), ends.get(0)));
        }
        List<String> both = new ArrayList<>(starts.size() * ends.size());
        for (String start : starts) {
            for (String end : ends) {
                both.add(append(start, end));
            }
        }
        return both;
    }

    private static String append(String start, String end) {
        return start.isEmpty() ? end : start.concat(end);
    }

    /**
     * Some text, or one expression.
     *
     * @param written as it stands in the annotation
     * @param argument which the expression names and nothing else, as most do; then it can be looked up directly
     */
    record Part(
            Expression expression, String written, @Nullable String argument) {

        static Part of(Expression expression) {
            return new Part(expression, expression.getExpressionString(), argument(expression));
        }

        /** {@code #root} and {@code #this} are no arguments. */
        private static @Nullable String argument(Expression part) {
            if (part instanceof SpelExpression expression && expression.getAST() instanceof VariableReference) {
                String name = part.getExpressionString().strip().substring(1);
                return name.equals("root") || name.equals("this") ? null : name;
            }
            return null;
        }

        boolean isFixed() {
            return this.expression instanceof LiteralExpression;
        }
    }
}
