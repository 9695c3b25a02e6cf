package io.distlock.redis;

import io.lettuce.core.protocol.CommandArgs;

/** What a script is called with. */
@FunctionalInterface
interface LettuceCall {

    /** @param script its digest or its text */
    CommandArgs<String, String> of(String script);
}
