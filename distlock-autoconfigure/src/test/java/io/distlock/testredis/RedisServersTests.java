package io.distlock.testredis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisServersTests {

    @Test
    void theSharedServerIsStartedOnceAndAnswers() {
        TestRedis redis = RedisServers.shared();
        assertThat(redis).isSameAs(RedisServers.shared());
        assertThat(redis.call("SET", "RedisServersTests", "é", "PX", "1000")).isEqualTo("OK");
        assertThat(redis.call("GET", "RedisServersTests")).isEqualTo("é");
    }

    @Test
    void aConversationReadsEveryKindOfReply() {
        try (RedisConversation conversation = RedisServers.shared().connect()) {
            assertThat(conversation.call("EVAL", "return {1, 'two', {3}, false}", "0"))
                    .isEqualTo(Arrays.asList(1L, "two", List.of(3L), null));
            assertThatIllegalStateException()
                    .isThrownBy(() -> conversation.call("NONSENSE"))
                    .withMessageContaining("unknown command");
            assertThat(conversation.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aPausedServerIsSilentAndGoesOnWhenResumed() {
        try (PrivateRedis redis = RedisServers.start();
                RedisConversation conversation = redis.connect().patience(Duration.ofMillis(100))) {
            redis.pause();
            assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> conversation.call("PING"));
            redis.resume();
            assertThat(redis.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aKilledServerIsGoneAndComesBackEmptyOnTheSamePort() {
        try (PrivateRedis redis = RedisServers.start()) {
            redis.call("SET", "key", "value");
            redis.kill();
            assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> redis.call("PING"));
            int port = redis.port();
            redis.restart();
            assertThat(redis.port()).isEqualTo(port);
            assertThat(redis.call("GET", "key")).isNull();
        }
    }

    @Test
    void aServerWithAFileOfItsOwnRemembers() {
        try (PrivateRedis redis = RedisServers.start("--appendonly", "yes", "--appendfsync", "always")) {
            redis.call("SET", "key", "value");
            redis.kill();
            redis.restart();
            assertThat(redis.call("GET", "key")).isEqualTo("value");
        }
    }

    @Test
    void aServerThatWantsAPasswordCountsAsStarted() {
        try (PrivateRedis redis = RedisServers.start("--requirepass", "secret");
                RedisConversation conversation = redis.connect()) {
            assertThatIllegalStateException().isThrownBy(() -> conversation.call("GET", "key"));
            assertThat(conversation.call("AUTH", "secret")).isEqualTo("OK");
        }
    }

    @Test
    void aSettingThatRedisRefusesIsToldInItsOwnWords() {
        assertThatIllegalStateException()
                .isThrownBy(() -> RedisServers.start("--no-such-setting", "1"))
                .withMessageContaining("no-such-setting");
    }
}
