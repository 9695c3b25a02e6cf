package io.distlock.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/** What is written below a path and belongs to nothing there, such as a property with a typing error. */
final class UnknownProperties {

    private static final Log LOGGER = LogFactory.getLog(UnknownProperties.class);

    private static final String ROOT = "distlock";

    private static final List<Class<?>> ALL = List.of(
            DistlockProperties.class, LockersProperties.class, LocksProperties.class, OperationsProperties.class);

    private UnknownProperties() {}

    /** For entries that have a name: there is nothing else that could know them. */
    static void refuse(Environment environment, String path, Bindable<?> known, String remedy) {
        try {
            bind(environment, path, known);
        } catch (BindException failure) {
            if (failure.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
                throw new ConfigurationException(
                        "'" + path + "' does not know " + names(unknown.getUnboundProperties()) + ".", remedy, failure);
            }
            throw failure;
        }
    }

    /** Directly below {@code distlock} it is said and no more: other versions know more of it, or less. */
    static void tell(Environment environment) {
        Set<ConfigurationProperty> unknown = new LinkedHashSet<>(unbound(environment, ALL.get(0)));
        ALL.forEach(type -> unknown.retainAll(unbound(environment, type)));
        if (!unknown.isEmpty()) {
            LOGGER.warn("'distlock' does not know " + names(unknown)
                    + ", which changes nothing. Look how it is written, or take it away.");
        }
    }

    private static Set<ConfigurationProperty> unbound(Environment environment, Class<?> type) {
        try {
            bind(environment, ROOT, Bindable.of(type));
            return Set.of();
        } catch (BindException failure) {
            if (failure.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
                return unknown.getUnboundProperties();
            }
            throw failure;
        }
    }

    private static void bind(Environment environment, String path, Bindable<?> known) {
        Binder.get(environment)
                .bind(
                        path,
                        known,
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
    }

    private static String names(Set<ConfigurationProperty> properties) {
        return properties.stream()
                .map(property -> "'" + property.getName() + "'")
                .collect(Collectors.joining(", "));
    }
}
