package io.distlock.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Put on a Spring test, keeps all locks of the application in memory, whatever drivers its lockers ask for ({@code redis},
 * {@code quorum}, {@code sequence}, {@code memory}): no Redis is asked anything about locks. Everything else is as the
 * application configures it, annotations and named lockers included. {@link TestLocks} is a bean, and reset before each
 * test method. With a slice such as {@code @WebMvcTest}, it brings the locks along.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureDistlock {}
