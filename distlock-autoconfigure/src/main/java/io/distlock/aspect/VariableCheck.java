package io.distlock.aspect;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.expression.Expression;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.common.LiteralExpression;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Operator;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;

/**
 * Refuses expressions that ask for an argument which the method does not have: they would be null in every call. Also refuses
 * arguments that are named where nobody looks for them, as mere text or without their #: such a text is the same in every
 * call, so all of them would wait for each other.
 */
final class VariableCheck {

    private static final Set<String> ALWAYS_THERE = Set.of("root", "this");

    private static final Set<String> OF_THE_ROOT = Set.of("method", "methodName", "target", "targetClass", "args");

    private static final Pattern NAMED_IN_TEXT = Pattern.compile("#(\\w+)");

    private final AnnotatedMethod annotated;

    private final Parameters parameters;

    private final String where;

    VariableCheck(AnnotatedMethod annotated, Parameters parameters, String where) {
        this.annotated = annotated;
        this.parameters = parameters;
        this.where = where;
    }

    void check(Expression expression) {
        if (expression instanceof CompositeStringExpression composite) {
            for (Expression part : composite.getExpressions()) {
                check(part);
            }
        } else if (expression instanceof LiteralExpression text) {
            checkText(text.getExpressionString());
        } else if (expression instanceof SpelExpression spel) {
            check(spel.getAST());
            checkBare(spel.getAST());
        }
    }

    private void checkText(String text) {
        Matcher named = NAMED_IN_TEXT.matcher(text);
        while (named.find()) {
            String name = named.group(1);
            if (this.parameters.position(name) != null) {
                throw new InvalidLockAnnotationException(
                        this.annotated,
                        this.where + " has #" + name + " as mere text, which is the same in every call",
                        "Write #{#" + name + "}, or the whole as one expression: 'order:' + #" + name
                                + "; if the text is meant, put it between single quotes");
            }
        }
    }

    /** Only where a name can mean nothing but a property of the root: not in projections, indexes and maps. */
    private void checkBare(SpelNode node) {
        if (node instanceof PropertyOrFieldReference property) {
            String name = property.getName();
            if (this.parameters.position(name) != null && !OF_THE_ROOT.contains(name)) {
                throw new InvalidLockAnnotationException(
                        this.annotated,
                        this.where + " asks for '" + name + "' without its #, which finds no parameter",
                        "Write #" + name);
            }
        } else if (node instanceof CompoundExpression) {
            checkBare(node.getChild(0));
        } else if (node instanceof Operator) {
            for (int i = 0; i < node.getChildCount(); i++) {
                checkBare(node.getChild(i));
            }
        }
    }

    private void check(SpelNode node) {
        if (node instanceof VariableReference variable) {
            check(variable.toStringAST().substring(1));
        } else if (node instanceof FunctionReference function) {
            throw new InvalidLockAnnotationException(
                    this.annotated,
                    this.where + " calls " + function.toStringAST() + ", but there are no functions",
                    "Call a method of a parameter, of a bean (@bean.method(#id)) or of a class (T(java.util.Objects))");
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            check(node.getChild(i));
        }
    }

    private void check(String name) {
        if (ALWAYS_THERE.contains(name) || this.parameters.position(name) != null) {
            return;
        }
        String asks = this.where + " asks for parameter '" + name + "', ";
        if (this.parameters.nameless()) {
            throw new InvalidLockAnnotationException(
                    this.annotated,
                    asks + "but the class file does not say how the parameters are called",
                    "Compile with -parameters (Maven: <maven.compiler.parameters>true</maven.compiler.parameters>; Gradle:"
                            + " options.compilerArgs.add('-parameters'); Kotlin: javaParameters = true),"
                            + " or write #p0 for the first one");
        }
        throw new InvalidLockAnnotationException(
                this.annotated,
                asks + "which the method does not have",
                this.parameters.names().isEmpty()
                        ? "The method has no parameters: add this one, or write the text without it"
                        : "Use one of those it has: " + String.join(", ", this.parameters.names()));
    }
}
