/** What every store has to keep: contracts to subclass, one subclass per driver, no exemptions. */
@NullMarked
package io.distlock.driver;

import org.jspecify.annotations.NullMarked;
