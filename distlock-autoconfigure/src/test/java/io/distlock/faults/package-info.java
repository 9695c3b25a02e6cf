/** What happens to those who wait when something breaks, and how much waiting costs: many instances, real servers. */
@NullMarked
package io.distlock.faults;

import org.jspecify.annotations.NullMarked;
