/** What callers ask for, hold, hear and catch: locks shared by every instance of an application. */
@NullMarked
package io.distlock;

import org.jspecify.annotations.NullMarked;
