package io.distlock.aspect;

import org.springframework.expression.Expression;
import org.springframework.expression.common.LiteralExpression;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;

/**
 * Some text in a key, or one expression.
 *
 * @param written as it stands in the annotation
 * @param argument which the expression names and nothing else, as most do; then nothing needs to be evaluated
 */
record KeyPart(Expression expression, String written, int argument) {

    private static final int NONE = -1;

    static KeyPart of(Expression expression, Parameters parameters) {
        return new KeyPart(expression, expression.getExpressionString(), argument(expression, parameters));
    }

    /** {@code #root} and {@code #this} are no arguments. */
    private static int argument(Expression part, Parameters parameters) {
        if (part instanceof SpelExpression expression && expression.getAST() instanceof VariableReference) {
            String name = part.getExpressionString().strip().substring(1);
            Integer position = name.equals("root") || name.equals("this") ? null : parameters.position(name);
            return position == null ? NONE : position;
        }
        return NONE;
    }

    boolean isFixed() {
        return this.expression instanceof LiteralExpression;
    }

    boolean isArgument() {
        return this.argument != NONE;
    }
}
