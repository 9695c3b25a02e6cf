package io.distlock.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** An open connection and what we say over it. */
record Wire(StatefulConnection<String, String> connection, RedisClusterAsyncCommands<String, String> scripts) {

    CompletionStage<List<Object>> dispatch(ProtocolKeyword command, CommandArgs<String, String> arguments) {
        return this.scripts.dispatch(command, new NestedMultiOutput<>(StringCodec.UTF8), arguments);
    }
}
