package io.distlock.autoconfigure;

import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/** What is written below a path and belongs to nothing there, such as a property with a typing error. */
final class UnknownProperties {

    private UnknownProperties() {}

    static void refuse(Environment environment, String path, Bindable<?> known, String remedy) {
        try {
            Binder.get(environment)
                    .bind(
                            path,
                            known,
                            new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
        } catch (BindException failure) {
            if (failure.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
                throw new ConfigurationException(
                        "'" + path + "' does not know "
                                + unknown.getUnboundProperties().stream()
                                        .map(property -> "'" + property.getName() + "'")
                                        .collect(Collectors.joining(", "))
                                + ".",
                        remedy,
                        failure);
            }
            throw failure;
        }
    }
}
