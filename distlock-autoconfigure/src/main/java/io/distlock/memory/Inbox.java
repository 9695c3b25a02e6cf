package io.distlock.memory;

import io.distlock.driver.Hold;
import io.distlock.driver.LineDriver.Grant;
import java.util.function.Consumer;

/** Who is told what by message, of one instance. */
record Inbox(Consumer<Grant> grants, Consumer<Hold> freed) {}
