package io.distlock.quorum;

import io.distlock.driver.LockDriverException;
import io.distlock.driver.StoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What several nodes say of themselves, one after the other in one line; those that do not are a concern. */
final class NodesReport {

    private final List<String> facts = new ArrayList<>();

    private final List<String> concerns = new ArrayList<>();

    private NodesReport() {}

    /** @param what all of them are together */
    static CompletionStage<StoreReport> of(String what, List<Node> nodes) {
        // asked at once, read one after the other
        List<CompletionStage<StoreReport>> asked =
                nodes.stream().map(Node::report).toList();
        CompletionStage<NodesReport> all = CompletableFuture.completedStage(new NodesReport());
        for (int i = 0; i < asked.size(); i++) {
            Node node = nodes.get(i);
            CompletionStage<StoreReport> answer = asked.get(i);
            all = all.thenCompose(report -> answer.handle((own, failure) ->
                    own != null ? report.with(node, own) : report.without(node, Node.trouble(failure))));
        }
        return all.thenApply(report -> new StoreReport(
                what + " of " + nodes.size() + " nodes: " + String.join("; ", report.facts), report.concerns));
    }

    private NodesReport with(Node node, StoreReport own) {
        this.facts.add(own.facts());
        own.concerns().forEach(concern -> this.concerns.add("Of " + node.name() + ": " + concern));
        return this;
    }

    private NodesReport without(Node node, LockDriverException trouble) {
        this.facts.add(node.name() + ", which does not answer");
        this.concerns.add("Of " + node.name() + ": It does not say what it is: " + trouble.getMessage() + ".");
        return this;
    }
}
