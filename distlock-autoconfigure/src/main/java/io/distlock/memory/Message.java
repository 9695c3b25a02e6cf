package io.distlock.memory;

import io.distlock.driver.LineDriver.Grant;

/**
 * A grant on its way.
 *
 * @param instance whose inbox it goes to
 */
record Message(String instance, Grant grant) {}
