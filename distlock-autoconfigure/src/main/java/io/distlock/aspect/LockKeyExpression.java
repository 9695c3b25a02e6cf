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
record LockKeyExpression(AnnotatedMethod annotated, List<Expression> parts) {

    /** More at once is more likely a mistake than a wish: each is a round trip's worth of work in the store. */
    static final int MOST_KEYS = 100;

    static LockKeyExpression of(
            AnnotatedMethod annotated, Parameters parameters, Expressions expressions, String written) {
        String text = expressions.properties(annotated, "key", written).strip();
        if (text.isEmpty()) {
            return new LockKeyExpression(annotated, List.of(new LiteralExpression(annotated.key())));
        }
        if (isOneExpression(text)) {
            return new LockKeyExpression(
                    annotated, List.of(expressions.expression(annotated, parameters, "key", text)));
        }
        Expression template = expressions.template(annotated, parameters, "key", text);
        return new LockKeyExpression(
                annotated,
                template instanceof CompositeStringExpression composite
                        ? List.of(composite.getExpressions())
                        : List.of(template));
    }

    private static boolean isOneExpression(String text) {
        return text.startsWith("#") && !text.startsWith("#{")
                || text.startsWith("'")
                || text.startsWith("@")
                || text.startsWith("T(");
    }

    /** The key, where every call gives the same. */
    Optional<String> fixed() {
        return this.parts.stream().allMatch(LiteralExpression.class::isInstance)
                ? Optional.of(
                        this.parts.stream().map(Expression::getExpressionString).collect(Collectors.joining()))
                : Optional.empty();
    }

    /** @throws IllegalArgumentException when an expression fails, or gives nothing to lock */
    List<String> keys(EvaluationContext call) {
        List<String> keys = List.of("");
        for (Expression part : this.parts) {
            keys = append(
                    keys,
                    part instanceof LiteralExpression literal
                            ? List.of(literal.getExpressionString())
                            : texts(part, evaluate(part, call)));
            if (keys.size() > MOST_KEYS) {
                throw refuse(part, "makes " + keys.size() + " keys, and at most " + MOST_KEYS + " go together");
            }
        }
        return keys;
    }

    private @Nullable Object evaluate(Expression part, EvaluationContext call) {
        try {
            String argument = argument(part);
            return argument == null ? part.getValue(call) : call.lookupVariable(argument);
        } catch (RuntimeException failure) {
            throw new IllegalArgumentException(
                    "No lock key for " + this.annotated + ": expression '" + part.getExpressionString() + "' failed: "
                            + failure.getMessage(),
                    failure);
        }
    }

    /** What most keys name, and what can be looked up directly; {@code #root} and {@code #this} are no arguments. */
    private static @Nullable String argument(Expression part) {
        if (part instanceof SpelExpression expression && expression.getAST() instanceof VariableReference) {
            String name = part.getExpressionString().strip().substring(1);
            return name.equals("root") || name.equals("this") ? null : name;
        }
        return null;
    }

    private List<String> texts(Expression part, @Nullable Object value) {
        Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (present == null
                || !(present instanceof Collection<?> || present.getClass().isArray())) {
            return List.of(text(part, present));
        }
        Collection<?> elements = present instanceof Collection<?> collection
                ? collection
                : Arrays.asList(ObjectUtils.toObjectArray(present));
        if (elements.isEmpty()) {
            throw refuse(part, "is empty");
        }
        List<String> texts = new ArrayList<>(elements.size());
        for (Object element : elements) {
            texts.add(text(part, element));
        }
        return texts;
    }

    private String text(Expression part, @Nullable Object value) {
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

    private IllegalArgumentException refuse(Expression part, String fact) {
        return new IllegalArgumentException(
                "No lock key for " + this.annotated + ": expression '" + part.getExpressionString() + "' " + fact);
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
}
