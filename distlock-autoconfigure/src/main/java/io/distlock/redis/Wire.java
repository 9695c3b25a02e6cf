package io.distlock.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/** An open connection and what we say over it. */
record Wire(StatefulConnection<String, String> connection, RedisClusterAsyncCommands<String, String> scripts) {}
