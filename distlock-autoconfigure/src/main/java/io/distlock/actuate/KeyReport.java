package io.distlock.actuate;

import io.distlock.LockState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A key as the store has it. Times are in milliseconds.
 *
 * @param holder null = nobody holds it
 * @param waiting those in line, first comes first
 * @param sharers who holds it together, each to be freed by its own token; none where one holds it alone
 */
record KeyReport(String locker, String key, @Nullable Holder holder, List<Waiting> waiting, List<Holder> sharers) {

    static KeyReport free(String locker, String key) {
        return new KeyReport(locker, key, null, List.of(), List.of());
    }

    static KeyReport of(String locker, LockState state) {
        List<Waiting> waiting = new ArrayList<>();
        for (int i = 0; i < state.waiting().size(); i++) {
            Map<String, String> facts =
                    i < state.waitingMetadata().size() ? state.waitingMetadata().get(i) : Map.of();
            waiting.add(Waiting.of(state.waiting().get(i), facts));
        }
        List<Holder> sharers = state.holders().stream().map(Holder::of).toList();
        return new KeyReport(locker, state.key(), Holder.of(state), waiting, sharers);
    }

    /**
     * @param token to be given back when the hold is to be freed; not enough to release it. {@code shared} where several share
     *     the lock, each of whom has one
     * @param name of the lock
     * @param method that is annotated
     * @param since by the store's clock
     * @param remaining how long the hold lives unless renewed; null = for ever
     */
    record Holder(
            String token,
            Process process,
            @Nullable String thread,
            @Nullable String name,
            @Nullable String method,
            @Nullable Instant since,
            @Nullable Long remaining,
            @Nullable Long fence,
            Map<String, String> metadata) {

        static Holder of(LockState state) {
            Map<String, String> facts = state.metadata();
            return new Holder(
                    state.token(),
                    Process.of(state.instance()),
                    facts.get("thread"),
                    facts.get("name"),
                    facts.get("method"),
                    state.since().orElse(null),
                    state.remaining().map(Duration::toMillis).orElse(null),
                    state.fencingToken().isPresent() ? state.fencingToken().getAsLong() : null,
                    facts);
        }

        static Holder of(LockState.Holder sharer) {
            Map<String, String> facts = sharer.metadata();
            return new Holder(
                    sharer.token(),
                    Process.of(sharer.instance()),
                    facts.get("thread"),
                    facts.get("name"),
                    facts.get("method"),
                    sharer.since(),
                    sharer.remaining().toMillis(),
                    sharer.fencingToken(),
                    facts);
        }
    }

    /** Anybody may have written something else. */
    private static final Predicate<String> LOCK = text -> text.indexOf('/') > 0;

    /** @param holds up to 8 locks under which it works already, as {@code locker/key} */
    record Waiting(
            Process process,
            @Nullable String thread,
            @Nullable String name,
            @Nullable String method,
            List<String> holds) {

        static Waiting of(String instance, Map<String, String> facts) {
            return new Waiting(
                    Process.of(instance),
                    facts.get("thread"),
                    facts.get("name"),
                    facts.get("method"),
                    Stream.of(facts.getOrDefault("holds", "").split("\t"))
                            .filter(LOCK)
                            .toList());
        }
    }

    /** One instance of an application. What is not written as {@code application@host/pid} is shown as it is. */
    record Process(
            String instance,
            @Nullable String application,
            @Nullable String host,
            @Nullable String pid) {

        static Process of(String instance) {
            int at = instance.indexOf('@');
            int slash = instance.lastIndexOf('/');
            return at > 0 && slash > at && !instance.contains(", ")
                    ? new Process(
                            instance,
                            instance.substring(0, at),
                            instance.substring(at + 1, slash),
                            instance.substring(slash + 1))
                    : new Process(instance, null, null, null);
        }
    }
}
