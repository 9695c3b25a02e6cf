package io.distlock.autoconfigure;

import io.distlock.actuate.ConsoleEndpoint;
import io.distlock.actuate.LockEndpoint;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The console where it is asked for and exposed, beside the endpoint that it shows. */
@AutoConfiguration(after = LockEndpointAutoConfiguration.class)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBooleanProperty("distlock.console.enabled")
@ConditionalOnBean(LockEndpoint.class)
public final class LockConsoleAutoConfiguration {

    @Bean
    @ConditionalOnAvailableEndpoint(ConsoleEndpoint.class)
    @ConditionalOnMissingBean
    ConsoleEndpoint lockConsoleEndpoint(ObjectProvider<PathMappedEndpoints> endpoints) {
        return new ConsoleEndpoint(id -> path(id, endpoints.getIfAvailable()));
    }

    private static String path(String id, @Nullable PathMappedEndpoints endpoints) {
        String path = endpoints == null ? null : endpoints.getRootPath(EndpointId.of(id));
        return path == null ? id : path;
    }
}
