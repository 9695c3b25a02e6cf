package io.distlock.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Judges every change that scripts make to a lock, as {@code MONITOR} shows them: whoever deletes, lengthens or overwrites
 * what is held must have named the token that stands there. Not for several threads.
 */
final class Ownership {

    /** Begins the scripts by which a test breaks things. */
    static final String BY_THE_TEST = "--[[by the test]]";

    private static final String PREFIX = "distlock:";

    /** A key may be over a moment before or after the time that its ttl says. */
    private static final double EDGE = 0.005;

    private final Map<String, Owner> owners = new HashMap<>();

    private final List<String> violations = new ArrayList<>();

    private List<String> script = List.of();

    private long changes;

    /** How many changes were judged. */
    long changes() {
        return this.changes;
    }

    List<String> violations() {
        return List.copyOf(this.violations);
    }

    /** What stands at the keys is not known any more: something may have been missed. */
    void forget() {
        this.owners.clear();
        this.script = List.of();
    }

    /** {@code 1339518083.107412 [0 127.0.0.1:60866] "set" "key" "value"}, or {@code [0 lua]} where a script did it. */
    void hear(String line) {
        int open = line.indexOf('[');
        int close = line.indexOf(']');
        if (open < 0 || close < 0) {
            return; // the answer to MONITOR itself
        }
        double time = Double.parseDouble(line.substring(0, open).trim());
        List<String> words = words(line.substring(close + 1));
        if (words.isEmpty()) {
            return;
        }
        String command = words.get(0).toLowerCase(Locale.ROOT);
        boolean byScript = line.substring(open, close).endsWith(" lua");
        if (!byScript) {
            this.script = command.startsWith("eval") ? words : List.of();
        }
        boolean judged =
                byScript && !(this.script.size() > 1 && this.script.get(1).startsWith(BY_THE_TEST));
        change(command, words, time, judged);
    }

    private void change(String command, List<String> words, double time, boolean judged) {
        switch (command) {
            case "flushall" -> this.owners.replaceAll((key, owner) -> Owner.NOBODY);
            case "set" -> set(words, time, judged);
            case "pexpire" -> {
                judge(words, 1, time, judged);
                this.owners.computeIfPresent(
                        words.get(1), (key, owner) -> new Owner(owner.token, time + millis(words, 2)));
            }
            case "del" -> {
                for (int i = 1; i < words.size(); i++) {
                    judge(words, i, time, judged);
                    this.owners.put(words.get(i), Owner.NOBODY);
                }
            }
            default -> {}
        }
    }

    /** With NX it happens only where nobody holds the key; with XX a test or a probe asks whether it may write at all. */
    private void set(List<String> words, double time, boolean judged) {
        List<String> options = words.stream()
                .skip(3)
                .map(word -> word.toUpperCase(Locale.ROOT))
                .toList();
        Owner owner = this.owners.get(words.get(1));
        boolean held = owner != null && time < owner.until;
        if (options.contains("XX") || options.contains("NX") && held) {
            return;
        }
        judge(words, 1, time, judged);
        int px = options.indexOf("PX");
        double ttl = px < 0 ? Double.POSITIVE_INFINITY : millis(words, 3 + px + 1);
        this.owners.put(words.get(1), new Owner(words.get(2), time + ttl));
    }

    private void judge(List<String> words, int index, double time, boolean judged) {
        String key = words.get(index);
        boolean isLock = key.startsWith(PREFIX) && !key.startsWith(PREFIX + "~");
        Owner owner = this.owners.get(key);
        if (!judged || !isLock) {
            return;
        }
        this.changes++;
        if (owner != null && time < owner.until - EDGE && !this.script.contains(owner.token)) {
            this.violations.add(words + " while " + owner + " held it, by " + this.script);
        }
    }

    private static double millis(List<String> words, int index) {
        return words.size() > index ? Double.parseDouble(words.get(index)) / 1000 : Double.POSITIVE_INFINITY;
    }

    /** Quoted as Redis does it. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (int at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
            StringBuilder word = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\') {
                    at++;
                    word.append(text.charAt(at) == 'n' ? '\n' : text.charAt(at));
                } else {
                    word.append(text.charAt(at));
                }
            }
            words.add(word.toString());
            at++;
        }
        return words;
    }

    /** @param until in seconds of the server */
    private record Owner(String token, double until) {

        static final Owner NOBODY = new Owner("", 0);
    }
}
