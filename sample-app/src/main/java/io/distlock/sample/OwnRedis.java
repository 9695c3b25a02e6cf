package io.distlock.sample;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.stereotype.Component;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;

/** Without {@code spring.data.redis.*}: the Redis on a port of our own, which the first instance starts for all. */
@Component
@ConditionalOnExpression("!T(org.springframework.boot.context.properties.bind.Binder).get(environment)"
        + ".bind('spring.data.redis', T(java.util.Map)).isBound()")
class OwnRedis implements DataRedisConnectionDetails {

    private static final String HOST = "127.0.0.1";

    private final int port;

    OwnRedis(@Value("${sample.redis-port}") int port) throws IOException {
        this.port = port;
        String how = "uses the Redis that answers on localhost:" + port;
        if (!answers()) {
            String executable = executable();
            List<String> command = List.of(executable, "--port", String.valueOf(port), "--bind", HOST, "--save", "");
            new RedisServer(port, command, false).start();
            how = "has started " + executable + " on localhost:" + port + " until this process ends";
        }
        LogFactory.getLog(OwnRedis.class).info("Without spring.data.redis.* settings, the sample " + how);
    }

    @Override
    public Standalone getStandalone() {
        return Standalone.of(HOST, this.port);
    }

    private boolean answers() {
        try (Socket socket = new Socket(HOST, this.port)) {
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException nobody) {
            return false;
        }
    }

    private static String executable() throws IOException {
        try {
            return ExecutableProvider.newExecutableInPath("redis-server").get().getPath();
        } catch (FileNotFoundException notInstalled) {
            return ExecutableProvider.newJarResourceProvider().get().getPath();
        }
    }
}
