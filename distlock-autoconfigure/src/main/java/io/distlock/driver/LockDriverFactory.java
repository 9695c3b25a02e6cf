package io.distlock.driver;

/** Makes the drivers of one kind. A driver's auto-configuration registers exactly one as a bean. */
public interface LockDriverFactory {

    /** The value of {@code distlock.driver} that asks for it. */
    String name();

    /**
     * Makes a driver; opens no connection yet.
     *
     * @throws IllegalArgumentException when the settings can never work
     */
    LockDriver create(DriverSettings settings);
}
