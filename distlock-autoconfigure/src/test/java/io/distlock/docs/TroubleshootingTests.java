package io.distlock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whoever looks for words of a message finds it in {@code docs/troubleshooting.md}. */
class TroubleshootingTests {

    private static final String MAIN = "distlock-autoconfigure/src/main/java";

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)^\\s*//[^\n]*");

    private static final Pattern GLUE = Pattern.compile("\"\\s*\\+\\s*\"");

    /** Literals, or what ends a statement; a bare character may be a brace. */
    private static final Pattern PART = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"|'(?:[^'\\\\]|\\\\.)+'|([;{}])");

    /** Texts that nobody logs: pointcuts, questions to a database, descriptions of meters, words of Redis. */
    private static final Pattern NO_MESSAGE = Pattern.compile("execution\\(|&&|^(select|update|insert) "
            + "|^(How |Renewals that|Locks that|Callers in)|user executing the script");

    private static final Pattern CLAUSE_END = Pattern.compile("[.:;,]( |$)");

    private static final Pattern EDGES = Pattern.compile("^[^\\w<@]+|[ '\"(]+$");

    private static final int FEWEST_WORDS = 4;

    @Test
    void everyMessageIsThere() {
        String page = Page.of("docs/troubleshooting.md").text();
        List<List<String>> messages = messages();
        assertThat(messages).hasSizeGreaterThan(100);
        assertThat(messages)
                .as("messages of which docs/troubleshooting.md has no piece, word for word")
                .allSatisfy(pieces -> assertThat(pieces).anyMatch(page::contains));
    }

    @Test
    void whatTheRedisUserNeedsIsWhatTheErrorSays() {
        String code = GLUE.matcher(code()).replaceAll("");
        assertThat(commands(Page.of("docs/operations.md").text())).isNotEmpty().isEqualTo(commands(code));
    }

    private static List<String> commands(String text) {
        Matcher line = Pattern.compile("ACL SETUSER .*?((?: \\+[a-z]+)+)").matcher(text);
        return line.find() ? List.of(line.group(1).trim().split(" ")) : List.of();
    }

    /** Without the test kit, whose messages name what a test expected. */
    private static String code() {
        return Page.sources(
                MAIN,
                file -> file.toString().endsWith(".java") && !file.getParent().endsWith("test"));
    }

    /** Of each statement the clauses that stand in it as they are, if they are long enough to look for. */
    private static List<List<String>> messages() {
        String code = GLUE.matcher(COMMENT.matcher(code()).replaceAll("")).replaceAll("");
        List<List<String>> messages = new ArrayList<>();
        List<String> pieces = new ArrayList<>();
        PART.matcher(code).results().forEach(part -> {
            if (part.group(2) != null) {
                if (!pieces.isEmpty()) {
                    messages.add(List.copyOf(pieces));
                    pieces.clear();
                }
            } else if (part.group(1) != null) {
                pieces.addAll(clauses(part.group(1).replace("\\\"", "\"").strip()));
            }
        });
        return messages;
    }

    private static List<String> clauses(String text) {
        if (NO_MESSAGE.matcher(text).find()) {
            return List.of();
        }
        return CLAUSE_END
                .splitAsStream(text)
                .map(clause -> EDGES.matcher(clause).replaceAll(""))
                .filter(clause -> clause.split("\\s+").length >= FEWEST_WORDS)
                .toList();
    }
}
