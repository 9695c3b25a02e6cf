package io.distlock.test;

import io.distlock.test.Section.Stay;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/** Assertions about a piece of work that was watched. Those inside when they are made do not count. */
public final class SectionAssert extends AbstractAssert<SectionAssert, Section> {

    SectionAssert(Section actual) {
        super(actual, SectionAssert.class);
    }

    /** Somebody was inside that often. */
    public SectionAssert wasEntered(int times) {
        List<Stay> stays = known().stays();
        if (stays.size() != times) {
            throw failure("Expected %d stays in the section, but there were %d: %s", times, stays.size(), stays);
        }
        return this;
    }

    /** Somebody was inside, and no two at once. */
    public SectionAssert neverOverlapped() {
        if (known().stays().isEmpty()) {
            throw failure("Expected the section to be entered, but nobody ever was inside");
        }
        overlap().ifPresent(both -> {
            throw failure(
                    "Expected the section to be entered by one at a time, but two were inside at once:%n  %s", both);
        });
        return this;
    }

    /** Two were inside at once: to show that a test would notice a missing lock. */
    public SectionAssert overlapped() {
        if (overlap().isEmpty()) {
            throw failure("Expected two in the section at once, but they came one by one: %s", known().stays());
        }
        return this;
    }

    /** Nobody was ever inside but under a lease of that key, alone, and the lease was not lost. */
    public SectionAssert wasAlwaysLockedWith(String key) {
        neverOverlapped();
        List<Stay> bare = known().stays().stream()
                .filter(stay -> !this.actual.isCovered(stay, key))
                .toList();
        if (!bare.isEmpty()) {
            throw failure(
                    "Expected the section to be entered only under lock '%s', but without it was:%n  %s", key, bare);
        }
        return this;
    }

    private Optional<String> overlap() {
        Stay latest = null;
        for (Stay stay : known().stays()) {
            if (latest != null && stay.entered() < latest.left()) {
                return Optional.of(latest + " and " + stay);
            }
            latest = stay;
        }
        return Optional.empty();
    }

    private Section known() {
        isNotNull();
        return this.actual;
    }
}
