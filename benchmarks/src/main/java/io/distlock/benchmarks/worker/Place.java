package io.distlock.benchmarks.worker;

import io.distlock.benchmarks.board.KeyCell;

/** A key, and what it protects. */
record Place(String key, KeyCell inside) {}
