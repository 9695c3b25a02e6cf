package io.distlock.redis;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.StoreReport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What Redis says of itself; in a cluster, what each of its servers says. */
final class RedisReports {

    private final RedisLink link;

    private final DriverSettings settings;

    private final String inbox;

    RedisReports(RedisLink link, DriverSettings settings, String inbox) {
        this.link = link;
        this.settings = settings;
        this.inbox = inbox;
    }

    CompletionStage<StoreReport> report() {
        return this.link
                .keyAtEach(this.settings.prefix() + "~report")
                .thenCompose(keys -> keys.size() == 1
                        ? reportOf(keys.get(0)).thenApply(report -> report.of(this.link.toString()))
                        : reportOfEach(keys));
    }

    private CompletableFuture<RedisReport> reportOf(String key) {
        return this.link
                .run(Script.REPORT, this.settings.commandTimeout(), new String[] {key}, new String[] {this.inbox})
                .thenApply(reply -> new RedisReport(reply, this.settings));
    }

    private CompletableFuture<StoreReport> reportOfEach(List<String> keys) {
        CompletableFuture<ClusterReport> all = CompletableFuture.completedFuture(new ClusterReport());
        for (String key : keys) {
            String server = this.link.node(key);
            all = all.thenCombine(reportOf(key).handle(RedisReports::said), (report, said) -> {
                said.accept(server, report);
                return report;
            });
        }
        return all.thenApply(report -> report.of(this.link.toString()));
    }

    private static BiConsumer<String, ClusterReport> said(@Nullable RedisReport own, @Nullable Throwable failure) {
        return own != null
                ? (server, report) -> report.add(server, own)
                : (server, report) -> report.addSilent(server, RedisErrors.reason(failure));
    }
}
