/** What operations see of locks and may do to them: endpoint, health, recent events and the console. */
@NullMarked
package io.distlock.actuate;

import org.jspecify.annotations.NullMarked;
