package io.distlock.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;

/** An open connection and what we say over it. */
record Wire(StatefulConnection<String, String> connection, RedisScriptingAsyncCommands<String, String> scripts) {}
