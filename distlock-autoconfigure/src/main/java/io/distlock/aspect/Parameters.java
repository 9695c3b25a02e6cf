package io.distlock.aspect;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;

/** By which names an expression may ask for the arguments of a call: their own, {@code p0} and {@code a0}. */
final class Parameters {

    private static final ParameterNameDiscoverer DISCOVERER = new DefaultParameterNameDiscoverer();

    private final Map<String, Integer> positions = new HashMap<>();

    private final List<String> names;

    private final boolean nameless;

    private Parameters(int count, String @Nullable [] names) {
        this.names = names == null ? List.of() : List.of(names);
        this.nameless = names == null && count > 0;
        for (int i = 0; i < count; i++) {
            this.positions.put("p" + i, i);
            this.positions.put("a" + i, i);
        }
        for (int i = 0; i < this.names.size(); i++) {
            this.positions.put(this.names.get(i), i);
        }
    }

    static Parameters of(Method method) {
        return new Parameters(method.getParameterCount(), DISCOVERER.getParameterNames(method));
    }

    @Nullable
    Integer position(String name) {
        return this.positions.get(name);
    }

    /** Empty where the method has none, or where the class file does not say. */
    List<String> names() {
        return this.names;
    }

    /** Whether the class file does not say how the parameters are called. */
    boolean nameless() {
        return this.nameless;
    }
}
