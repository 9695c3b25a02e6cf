package io.distlock.aspect;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.common.TemplateParserContext;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.expression.spel.support.StandardTypeConverter;
import org.springframework.expression.spel.support.StandardTypeLocator;

/** Properties and SpEL in the texts of annotations. */
final class Expressions {

    private static final SpelExpressionParser PARSER = new SpelExpressionParser();

    private static final TemplateParserContext TEMPLATE = new TemplateParserContext();

    private final ConfigurableListableBeanFactory beans;

    private final StandardEvaluationContext shared = new StandardEvaluationContext();

    Expressions(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        this.shared.setBeanResolver(new BeanFactoryResolver(beans));
        this.shared.setTypeLocator(new StandardTypeLocator(beans.getBeanClassLoader()));
        this.shared.setTypeConverter(new StandardTypeConverter(() -> Objects.requireNonNullElseGet(
                beans.getConversionService(), DefaultConversionService::getSharedInstance)));
    }

    ConfigurableListableBeanFactory beans() {
        return this.beans;
    }

    /** The text with its <code>${…}</code> replaced. */
    String properties(AnnotatedMethod annotated, String attribute, String text) {
        String replaced;
        try {
            replaced = Objects.requireNonNullElse(this.beans.resolveEmbeddedValue(text), "");
        } catch (IllegalArgumentException unknown) {
            throw unset(annotated, attribute, text, unknown);
        }
        if (replaced.contains("${")) {
            throw unset(annotated, attribute, text, null);
        }
        return replaced;
    }

    /** One expression, of which everything that a call may ask is known to exist. */
    Expression expression(AnnotatedMethod annotated, Parameters parameters, String attribute, String text) {
        return checked(annotated, parameters, attribute, text, () -> PARSER.parseExpression(text));
    }

    /** Text with expressions in <code>#{…}</code>. */
    Expression template(AnnotatedMethod annotated, Parameters parameters, String attribute, String text) {
        return checked(annotated, parameters, attribute, text, () -> PARSER.parseExpression(text, TEMPLATE));
    }

    CallContext context(AnnotatedMethod annotated, Parameters parameters, Call call) {
        return new CallContext(this.shared, annotated, parameters, call);
    }

    private static InvalidLockAnnotationException unset(
            AnnotatedMethod annotated, String attribute, String text, @Nullable Throwable cause) {
        return new InvalidLockAnnotationException(
                annotated,
                attribute + " \"" + text + "\" names a property that is not set",
                "Set the property, or give a default: ${name:default}",
                cause);
    }

    private static Expression checked(
            AnnotatedMethod annotated, Parameters parameters, String attribute, String text, Parsing parsing) {
        try {
            Expression expression = parsing.parse();
            new VariableCheck(annotated, parameters, attribute + " \"" + text + "\"").check(expression);
            return expression;
        } catch (ParseException | IllegalStateException broken) {
            throw new InvalidLockAnnotationException(
                    annotated,
                    attribute + " \"" + text + "\" cannot be parsed: " + broken.getMessage(),
                    "Correct the expression; text around expressions is written as \"order:#{#id}\"",
                    broken);
        }
    }

    @FunctionalInterface
    private interface Parsing {

        Expression parse() throws ParseException;
    }
}
