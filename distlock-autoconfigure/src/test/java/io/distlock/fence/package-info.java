@NullMarked
package io.distlock.fence;

import org.jspecify.annotations.NullMarked;
