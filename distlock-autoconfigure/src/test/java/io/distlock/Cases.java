package io.distlock;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which cases of earlier lock libraries a test ports: ids of {@code docs/cases.md}, which names the test in turn. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Cases {

    String[] value();
}
