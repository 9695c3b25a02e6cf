package io.distlock.redis;

import io.distlock.testredis.RedisCluster;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A cluster, and a client for each driver, as in an application: a client of a cluster tells of every connection that ends,
 * and one that another test closes would put in doubt what a release has found.
 */
final class ClusterClients implements AutoCloseable {

    private final RedisCluster cluster = RedisCluster.start();

    private final Queue<LettuceConnectionFactory> clients = new ConcurrentLinkedQueue<>();

    private final ClientResources resources = ClientResources.create();

    RedisCluster cluster() {
        return this.cluster;
    }

    RedisClusterConfiguration nodes() {
        RedisClusterConfiguration nodes = new RedisClusterConfiguration();
        this.cluster.nodes().forEach(node -> nodes.clusterNode(node.host(), node.port()));
        return nodes;
    }

    LettuceConnectionFactory another() {
        LettuceConnectionFactory client = new LettuceConnectionFactory(
                nodes(),
                LettuceClientConfiguration.builder()
                        .clientResources(this.resources)
                        .shutdownQuietPeriod(Duration.ZERO)
                        .shutdownTimeout(Duration.ZERO)
                        .build());
        client.afterPropertiesSet();
        client.start();
        this.clients.add(client);
        return client;
    }

    @Override
    public void close() {
        this.clients.forEach(LettuceConnectionFactory::destroy);
        this.resources.shutdown(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
        this.cluster.close();
    }
}
