package io.distlock.benchmarks;

import io.distlock.benchmarks.server.RedisAddress;
import io.distlock.benchmarks.server.RedisProbe;

/** What all measurements of a run share. */
record Bench(RedisAddress redis, RedisProbe probe) {}
