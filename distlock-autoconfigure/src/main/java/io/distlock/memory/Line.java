package io.distlock.memory;

import io.distlock.driver.LineDriver.Question;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Those who wait for one lock, in the order of their arrival. */
final class Line {

    private final MemoryStore store;

    private final Map<String, Member> members = new LinkedHashMap<>();

    Line(MemoryStore store) {
        this.store = store;
    }

    /** Whoever stands there already keeps the place; a question that was overtaken by a later one changes nothing. */
    void stand(Member asker) {
        Member known = this.members.get(asker.name());
        if (known == null || known.question().number() <= asker.question().number()) {
            this.members.put(asker.name(), asker);
        }
    }

    /** Leaves unless the place belongs to a later claim. */
    void leave(Question leaver) {
        Member known = this.members.get(leaver.member());
        if (known != null
                && known.claim().hold().attempt().equals(leaver.claim().hold().attempt())) {
            this.members.remove(leaver.member());
        }
    }

    void remove(String member) {
        if (!this.members.isEmpty()) {
            this.members.remove(member);
        }
    }

    /**
     * The first who can have the lock; the dead before it are taken out. One who listened and does not any more is passed
     * over, but stays.
     *
     * @return null when it is the asker or nobody
     */
    @Nullable
    Member first(@Nullable String asker, long now) {
        if (this.members.isEmpty()) {
            return null;
        }
        for (Iterator<Member> all = this.members.values().iterator(); all.hasNext(); ) {
            Member member = all.next();
            if (member.name().equals(asker)) {
                return null;
            }
            if (!member.isAlive(now)) {
                all.remove();
            } else if (!member.listens() || this.store.isListening(member.instance())) {
                return member;
            }
        }
        return null;
    }

    boolean isAnyAlive(long now) {
        return this.members.values().stream().anyMatch(member -> member.isAlive(now));
    }

    List<String> details() {
        return this.members.values().stream()
                .map(member -> member.claim().details())
                .toList();
    }

    List<String> instances() {
        return this.members.values().stream().map(Member::instance).toList();
    }
}
