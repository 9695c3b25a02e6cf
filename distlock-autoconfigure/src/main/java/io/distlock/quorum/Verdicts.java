package io.distlock.quorum;

import io.distlock.driver.Attempt;
import io.distlock.driver.KeyState;
import io.distlock.driver.Ownership;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What the answers of several nodes mean together. Empty = not certain yet; an exception = nobody can tell.
 *
 * <p>Busy, gone and taken are said only when a majority has answered: silence is no answer.
 */
final class Verdicts {

    private Verdicts() {}

    static Optional<Attempt> attempt(Tally<Attempt> tally) {
        if (tally.count(Attempt.Ended.class::isInstance) > 0) {
            return Optional.of(new Attempt.Ended());
        }
        if (tally.isMajority(Attempt.Granted.class::isInstance)) {
            return Optional.of(largest(granted(tally.answers())));
        }
        if (tally.isSilent()) {
            throw tally.unavailable();
        }
        boolean lost = !tally.majority().isReachedBy(tally.count(Attempt.Granted.class::isInstance) + tally.open());
        return lost && tally.majority().isReachedBy(tally.answers().size())
                ? Optional.of(busy(tally))
                : Optional.empty();
    }

    private static List<Attempt.Granted> granted(List<Attempt> answers) {
        return answers.stream()
                .filter(Attempt.Granted.class::isInstance)
                .map(Attempt.Granted.class::cast)
                .toList();
    }

    /** Whoever holds most; and when enough of the nodes will be free, unless they are renewed. */
    private static Attempt.Busy busy(Tally<Attempt> tally) {
        List<Attempt.Busy> all = tally.answers().stream()
                .filter(Attempt.Busy.class::isInstance)
                .map(Attempt.Busy.class::cast)
                .toList();
        String token = mostFrequent(all, Attempt.Busy::token);
        OptionalLong fence = all.stream()
                .filter(busy -> busy.token().equals(token))
                .flatMapToLong(busy -> busy.fence().stream())
                .max();
        int missing = tally.majority().needed() - tally.count(Attempt.Granted.class::isInstance);
        Optional<Duration> freeIn = all.stream()
                .flatMap(busy -> busy.freeIn().stream())
                .sorted()
                .skip(missing - 1L)
                .findFirst();
        Optional<String> details = all.stream()
                .filter(busy -> busy.token().equals(token))
                .flatMap(busy -> busy.details().stream())
                .findFirst();
        return new Attempt.Busy(freeIn, token, fence, details, tally.nodesThat(Attempt.Busy.class::isInstance));
    }

    static Attempt.Granted largest(List<Attempt.Granted> granted) {
        return granted.stream()
                .max(Comparator.comparingLong(Attempt.Granted::fence))
                .orElseThrow();
    }

    static Optional<Ownership> ownership(Tally<Ownership> tally) {
        if (tally.isMajority(Ownership.OURS::equals)) {
            return Optional.of(Ownership.OURS);
        }
        if (tally.isNoMajority(Ownership.OURS::equals)) {
            return Optional.of(tally.count(Ownership.TAKEN::equals) > 0 ? Ownership.TAKEN : Ownership.GONE);
        }
        return untilAllAreHeard(tally);
    }

    /** The time for which a majority holds: the shortest of the longest. */
    static Optional<Optional<Duration>> ttl(Tally<Optional<Duration>> tally) {
        if (tally.isMajority(Optional::isPresent)) {
            return Optional.of(tally.answers().stream()
                    .flatMap(Optional::stream)
                    .sorted(Comparator.reverseOrder())
                    .skip(tally.majority().needed() - 1L)
                    .findFirst());
        }
        return tally.isNoMajority(Optional::isPresent) ? Optional.of(Optional.empty()) : untilAllAreHeard(tally);
    }

    /** Whether a majority has given a hold over. */
    static Optional<Attempt> adopted(Tally<Attempt> tally) {
        if (tally.isMajority(Attempt.Granted.class::isInstance)) {
            return Optional.of(largest(granted(tally.answers())));
        }
        return tally.isNoMajority(Attempt.Granted.class::isInstance)
                ? Optional.of(new Attempt.Ended())
                : untilAllAreHeard(tally);
    }

    /** Whether enough of them would vote for somebody. */
    static Optional<Boolean> able(Tally<Boolean> tally) {
        return tally.isMajority(able -> able) ? Optional.of(true) : untilAllAreHeard(tally);
    }

    static Optional<Optional<KeyState>> state(Tally<Optional<KeyState>> tally) {
        List<KeyState> states =
                tally.answers().stream().flatMap(Optional::stream).toList();
        String token = mostFrequent(states, KeyState::token);
        List<KeyState> same =
                states.stream().filter(state -> state.token().equals(token)).toList();
        if (tally.majority().isReachedBy(same.size())) {
            return Optional.of(Optional.of(together(same, tally.majority())));
        }
        int others = tally.answers().size() - same.size();
        return tally.majority().isOutOfReachAfter(others) ? Optional.of(Optional.empty()) : untilAllAreHeard(tally);
    }

    private static KeyState together(List<KeyState> same, Majority majority) {
        List<Duration> remaining = same.stream()
                .flatMap(state -> state.remaining().stream())
                .sorted(Comparator.reverseOrder())
                .toList();
        int forEver = same.size() - remaining.size();
        Optional<Duration> shortest = majority.isReachedBy(forEver)
                ? Optional.empty()
                : Optional.of(remaining.get(majority.needed() - forEver - 1));
        OptionalLong fence =
                same.stream().flatMapToLong(state -> state.fence().stream()).max();
        Optional<String> details =
                same.stream().flatMap(state -> state.details().stream()).findFirst();
        return new KeyState(same.get(0).token(), shortest, fence, details, List.of());
    }

    private static <V> Optional<V> untilAllAreHeard(Tally<?> tally) {
        if (tally.isSilent() || tally.open() == 0) {
            throw tally.unavailable();
        }
        return Optional.empty();
    }

    private static <T> String mostFrequent(List<T> all, Function<T, String> of) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        all.forEach(one -> counts.merge(of.apply(one), 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
    }
}
