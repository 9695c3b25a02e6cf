package io.distlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Cases;
import io.distlock.testredis.RedisServers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScriptTests {

    @ParameterizedTest
    @EnumSource(Script.class)
    @Cases("RS-15")
    void theServerKnowsAScriptByTheDigestThatWeAskFor(Script script) {
        assertThat(RedisServers.shared().call("SCRIPT", "LOAD", script.source()))
                .isEqualTo(script.digest());
    }
}
