package io.distlock.benchmarks.worker;

import io.distlock.benchmarks.board.KeyCell;

/**
 * Where a thread works.
 *
 * @param inside what the key protects
 * @param rush whether sections and pauses are left out, so that a JVM is warm sooner
 */
record Place(String key, KeyCell inside, boolean rush) {

    Place inARush() {
        return new Place(this.key, this.inside, true);
    }
}
