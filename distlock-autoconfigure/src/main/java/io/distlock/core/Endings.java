package io.distlock.core;

import io.distlock.ReleaseOutcome;
import io.distlock.driver.LockDriver;
import io.distlock.driver.Ownership;
import io.distlock.driver.Release;
import io.distlock.driver.SeveralKeysDriver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Gives several leases back, the last one first, in as few steps as the store takes. */
final class Endings {

    private final LockDriver driver;

    private final List<Release> gathered = new ArrayList<>();

    private final List<CompletableFuture<Ownership>> answers = new ArrayList<>();

    private Endings(LockDriver driver) {
        this.driver = driver;
    }

    static ReleaseOutcome release(List<LeaseInHand> leases, LockDriver driver) {
        List<LeaseInHand> reverse = new ArrayList<>(leases);
        Collections.reverse(reverse);
        Endings endings = new Endings(driver);
        List<Boolean> first =
                reverse.stream().map(lease -> lease.letGo(endings::gather)).toList();
        endings.send();
        ReleaseOutcome worst = ReleaseOutcome.RELEASED;
        for (int i = 0; i < reverse.size(); i++) {
            ReleaseOutcome outcome = reverse.get(i).released(first.get(i));
            worst = outcome.compareTo(worst) > 0 ? outcome : worst;
        }
        return worst;
    }

    private CompletionStage<Ownership> gather(Release release) {
        CompletableFuture<Ownership> answer = new CompletableFuture<>();
        this.gathered.add(release);
        this.answers.add(answer);
        return answer;
    }

    private void send() {
        List<CompletionStage<Ownership>> found = this.driver instanceof SeveralKeysDriver store
                ? store.releaseAll(this.gathered)
                : this.gathered.stream().map(this.driver::release).toList();
        for (int i = 0; i < found.size(); i++) {
            CompletableFuture<Ownership> answer = this.answers.get(i);
            found.get(i).whenComplete((ownership, failure) -> {
                if (failure == null) {
                    answer.complete(ownership);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        }
    }
}
