package io.distlock.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is seen of locks, below {@code distlock}.
 *
 * @param diagnoseOrder Whether a warning is logged when locks are taken in opposite orders; locks are told apart by name.
 * @param mdc Whether key and fencing token are put into the logging context while a lock is held.
 */
@ConfigurationProperties("distlock")
record OperationsProperties(
        @DefaultValue("false") boolean diagnoseOrder,
        @DefaultValue("false") boolean mdc,
        @DefaultValue Console console) {

    /** @param enabled Whether there is a page that shows locks, as the actuator endpoint 'distlockconsole'. */
    record Console(@DefaultValue("false") boolean enabled) {}
}
