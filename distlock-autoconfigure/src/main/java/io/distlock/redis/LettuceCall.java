package io.distlock.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What a script is called with, over an open connection. */
interface LettuceCall {

    /** By its digest. */
    CompletionStage<List<Object>> known(Wire wire, Script script);

    /** By its text. */
    CompletionStage<List<Object>> told(Wire wire, Script script);

    static LettuceCall of(String[] keys, String[] arguments) {
        return new LettuceCall() {
            @Override
            public CompletionStage<List<Object>> known(Wire wire, Script script) {
                return wire.scripts().evalsha(script.digest(), ScriptOutputType.MULTI, keys, arguments);
            }

            @Override
            public CompletionStage<List<Object>> told(Wire wire, Script script) {
                return wire.scripts().eval(script.source(), ScriptOutputType.MULTI, keys, arguments);
            }
        };
    }

    /** Not in a cluster, where the client must find the keys among the arguments. */
    static LettuceCall of(RenewalCall renewals) {
        return new LettuceCall() {
            @Override
            public CompletionStage<List<Object>> known(Wire wire, Script script) {
                return send(wire, CommandType.EVALSHA, script.digest());
            }

            @Override
            public CompletionStage<List<Object>> told(Wire wire, Script script) {
                return send(wire, CommandType.EVAL, script.source());
            }

            private CompletionStage<List<Object>> send(Wire wire, CommandType command, String script) {
                return wire.scripts()
                        .dispatch(
                                command,
                                new NestedMultiOutput<>(StringCodec.UTF8),
                                new WrittenRenewals(script, renewals));
            }
        };
    }
}
