package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.core.Retry;
import io.distlock.docs.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.ClassUtils;

/** {@code docs/properties.md} is what the metadata says. */
class PropertiesPageTests {

    private static final String HEAD = """
            # Properties

            Everything below `distlock`, with its default. `PropertiesPageTests` generates this page from the configuration
            metadata that editors show; do not edit it by hand.

            Times are written `30s`, `500ms` or `1m`. A value that can never work keeps the application from starting; the
            message names the property, the value, and what to write instead; or the value and why it is none, where Spring Boot cannot
            read it at all (`10 seconds`). How properties work together:
            [named lockers](lockers.md), [the annotation](annotation.md#in-operation) and [operations](operations.md).
            """;

    /** What the values of a property mean, by the property's name; some have more values than a type can tell. */
    private static final Map<String, Map<String, String>> HINTS = hints();

    @Test
    void saysWhatTheMetadataSays() throws IOException {
        String page = page();
        if (Boolean.getBoolean("docs.rewrite")) {
            Files.writeString(Page.path("docs/properties.md"), page);
        }
        assertThat(Page.of("docs/properties.md").text())
                .as("to write it anew: mvn -pl distlock-autoconfigure test -Dtest=PropertiesPageTests -Ddocs.rewrite")
                .isEqualTo(page);
    }

    private static String page() throws IOException {
        return HEAD
                + section(
                        "For all lockers",
                        "They describe the default locker. A named one may differ in what [its own list](#distlocklockersname) has.",
                        properties(name -> !name.matches("(.+\\..+|lock(er)?s)")))
                + section("distlock.pass", "How locks go from thread to thread of one instance.", below("pass"))
                + section(
                        "distlock.retry",
                        "How to ask again where the driver keeps no line. By default " + retry() + ".",
                        below("retry"))
                + section("distlock.aspect", "How annotated methods are locked.", below("aspect"))
                + rest()
                + section(
                        "distlock.lockers.*name*",
                        "A locker in addition to the default one. What it leaves out comes from directly below `distlock`.",
                        entry(LockersProperties.Entry.class, "LockersProperties"))
                + section(
                        "distlock.locks.*name*",
                        "A lock by its `name`. This takes precedence over [its annotation](annotation.md#attributes), where the values are explained.",
                        entry(LocksProperties.NamedLock.class, "LocksProperties"));
    }

    private static String retry() {
        Retry retry = Retry.defaults();
        return retry.strategy().toString().toLowerCase(Locale.ROOT) + " from "
                + retry.min().toMillis() + " ms to " + retry.max().toMillis() + " ms, with a jitter of "
                + retry.jitter()
                + " and limit " + retry.limit();
    }

    /** What has no place of its own yet. */
    private static String rest() {
        Stream<Row> others = properties(name -> name.contains(".") && !name.matches("(pass|retry|aspect)\\..+"));
        List<Row> rows = others.toList();
        return rows.isEmpty() ? "" : section("More", "", rows.stream());
    }

    private static Stream<Row> below(String group) {
        return properties(name -> name.startsWith(group + ".")).map(row -> row.without(group + "."));
    }

    private static String section(String title, String text, Stream<Row> rows) {
        return "\n## " + title + "\n\n" + (text.isEmpty() ? "" : text + "\n\n")
                + "| property | value | default | meaning |\n|---|---|---|---|\n"
                + rows.map(Row::line).collect(Collectors.joining());
    }

    private static Stream<Row> properties(Predicate<String> wanted) {
        return metadata("properties").stream()
                .map(property -> row(
                        property.get("name").toString().substring("distlock.".length()),
                        property.get("type").toString(),
                        Optional.ofNullable(property.get("defaultValue")),
                        property.get("description").toString()))
                .filter(row -> wanted.test(row.name));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, String>> hints() {
        Map<String, Map<String, String>> hints = new HashMap<>();
        metadata("hints").stream().filter(hint -> hint.containsKey("values")).forEach(hint -> {
            Map<String, String> meanings = new LinkedHashMap<>();
            ((List<Map<String, Object>>) hint.get("values"))
                    .forEach(value -> meanings.put(
                            value.get("value").toString(),
                            value.get("description").toString()));
            hints.put(hint.get("name").toString().substring("distlock.".length()), meanings);
        });
        return hints;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> metadata(String part) {
        try (InputStream json =
                DistlockProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(new String(json.readAllBytes()));
            return ((List<Map<String, Object>>) metadata.get(part))
                    .stream()
                            .filter(entry -> entry.get("name").toString().startsWith("distlock."))
                            .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Row row(String name, String type, Optional<Object> otherwise, String text) {
        Map<String, String> meanings = HINTS.getOrDefault(name, Map.of());
        String values = meanings.isEmpty() ? values(type) : quoted(meanings.keySet().stream());
        return new Row(name, values, otherwise, text + meaning(meanings));
    }

    /** As one list behind the text: the cells of a table have one line. */
    private static String meaning(Map<String, String> meanings) {
        return meanings.entrySet().stream()
                .map(value -> "<br>`" + value.getKey() + "`: " + value.getValue())
                .collect(Collectors.joining());
    }

    /** The metadata ends at the map, so these come from the record and its Javadoc. */
    private static Stream<Row> entry(Class<?> type, String outer) throws IOException {
        Map<String, String> texts = javadoc(outer);
        RecordComponent[] components = type.getRecordComponents();
        var parameters = type.getDeclaredConstructors()[0].getParameters();
        return IntStream.range(0, components.length).mapToObj(i -> {
            Name name = parameters[i].getAnnotation(Name.class);
            return row(
                    name == null ? dashed(components[i].getName()) : name.value(),
                    components[i].getGenericType().getTypeName(),
                    Optional.empty(),
                    texts.getOrDefault(
                            components[i].getName(), "As `distlock." + dashed(components[i].getName()) + ".*`."));
        });
    }

    private static Map<String, String> javadoc(String outer) throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/distlock/autoconfigure/" + outer + ".java"));
        Matcher parameter =
                Pattern.compile("(?s)@param (\\w+) (.+?)\\s*\\*(?:/| @param)").matcher(source);
        Map<String, String> texts = new HashMap<>();
        int from = 0;
        while (parameter.find(from)) {
            texts.put(parameter.group(1), parameter.group(2).replaceAll("\\s*\\n\\s*\\*\\s*", " "));
            from = parameter.end() - "@param".length();
        }
        return texts;
    }

    private static String values(String type) {
        if (type.startsWith("java.util.Map<java.lang.String,io")) {
            return "below";
        }
        if (type.startsWith("java.util.Map")) {
            return "texts by name";
        }
        if (type.startsWith("java.util.List")) {
            return "list";
        }
        Class<?> known = ClassUtils.resolveClassName(type, PropertiesPageTests.class.getClassLoader());
        if (known.isEnum()) {
            return quoted(Arrays.stream(known.getEnumConstants())
                    .map(value -> value.toString().toLowerCase(Locale.ROOT)));
        }
        if (known.isRecord()) {
            return "below";
        }
        return known == Duration.class
                ? "time"
                : known == String.class ? "text" : known == Boolean.class ? "`true` `false`" : "number";
    }

    private static String quoted(Stream<String> values) {
        return values.map(value -> "`" + value + "`").collect(Collectors.joining(" "));
    }

    private static String dashed(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private record Row(String name, String values, Optional<Object> otherwise, String text) {

        Row without(String start) {
            return new Row(this.name.substring(start.length()), this.values, this.otherwise, this.text);
        }

        String line() {
            return "| `" + this.name + "` | " + this.values + " | "
                    + this.otherwise
                            .map(value -> "`" + value.toString().replaceAll("\\.0$", "") + "`")
                            .orElse("") + " | " + this.text + " |\n";
        }
    }
}
