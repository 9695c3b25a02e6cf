package io.distlock.aspect;

import io.distlock.LockRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.Expression;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.common.LiteralExpression;
import org.springframework.util.ObjectUtils;

/**
 * Text and expressions that make the keys of a call. A collection or array among them stands for one key per element.
 *
 * @param parts in the order of the text
 */
record LockKeyExpression(
        AnnotatedMethod annotated, Parameters parameters, Expressions expressions, List<KeyPart> parts) {

    /** More at once is more likely a mistake than a wish: each is a round trip's worth of work in the store. */
    static final int MOST_KEYS = 100;

    private static final String[] ONLY_ONE = {};

    static LockKeyExpression of(
            AnnotatedMethod annotated, Parameters parameters, Expressions expressions, String written) {
        String text = expressions.properties(annotated, "key", written).strip();
        List<KeyPart> parts = parts(annotated, parameters, expressions, text)
                .map(part -> KeyPart.of(part, parameters))
                .toList();
        return new LockKeyExpression(annotated, parameters, expressions, parts);
    }

    private static Stream<Expression> parts(
            AnnotatedMethod annotated, Parameters parameters, Expressions expressions, String text) {
        if (text.isEmpty()) {
            return Stream.of(new LiteralExpression(annotated.key()));
        }
        if (isOneExpression(text)) {
            return Stream.of(expressions.expression(annotated, parameters, "key", text));
        }
        Expression template = expressions.template(annotated, parameters, "key", text);
        return template instanceof CompositeStringExpression composite
                ? Arrays.stream(composite.getExpressions())
                : Stream.of(template);
    }

    private static boolean isOneExpression(String text) {
        return text.startsWith("#") && !text.startsWith("#{")
                || text.startsWith("'")
                || text.startsWith("@")
                || text.startsWith("T(");
    }

    /** The key, where every call gives the same. */
    Optional<String> fixed() {
        return this.parts.stream().allMatch(KeyPart::isFixed)
                ? Optional.of(this.parts.stream().map(KeyPart::written).collect(Collectors.joining()))
                : Optional.empty();
    }

    /**
     * The same request, for the keys of that call.
     *
     * @throws IllegalArgumentException when an expression fails, or gives nothing to lock
     */
    LockRequest fill(LockRequest open, Call call) {
        String start = "";
        for (int i = 0; i < this.parts.size(); i++) {
            KeyPart part = this.parts.get(i);
            Object value = value(part, call);
            if (isSeveral(value)) {
                return fill(open, several(start, i, value, call));
            }
            // most keys end in a number, which needs no text of its own on the way
            start = value instanceof Long number ? start + number.longValue() : append(start, text(part, value));
        }
        return fill(open, start, ONLY_ONE);
    }

    LockRequest fill(LockRequest open, List<String> keys) {
        return fill(open, keys.get(0), keys.subList(1, keys.size()).toArray(String[]::new));
    }

    private LockRequest fill(LockRequest open, String key, String[] more) {
        try {
            return open.keys(key, more);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(
                    "No lock key for " + this.annotated + ": " + refused.getMessage(), refused);
        }
    }

    /** @param value of the first part that is several, which follows {@code start} */
    private List<String> several(String start, int first, @Nullable Object value, Call call) {
        List<String> keys = List.of(start);
        for (int i = first; i < this.parts.size(); i++) {
            KeyPart part = this.parts.get(i);
            keys = append(keys, texts(part, i == first ? value : value(part, call)));
            if (keys.size() > MOST_KEYS) {
                throw refuse(part, "makes " + keys.size() + " keys, and at most " + MOST_KEYS + " go together");
            }
        }
        return keys;
    }

    private @Nullable Object value(KeyPart part, Call call) {
        if (part.isFixed()) {
            return part.written();
        }
        try {
            Object value = part.isArgument()
                    ? call.arguments()[part.argument()]
                    : part.expression().getValue(this.expressions.context(this.annotated, this.parameters, call));
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

    private List<String> texts(KeyPart part, @Nullable Object value) {
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

    private String text(KeyPart part, @Nullable Object value) {
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

    private IllegalArgumentException refuse(KeyPart part, String fact) {
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
}
