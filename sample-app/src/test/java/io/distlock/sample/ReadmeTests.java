package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.json.JsonMapper;

/** Keeps README.md true. */
class ReadmeTests {

    private static final Path ROOT = Path.of("..");

    private final String readme = read("README.md");

    @Test
    void itsJavaCompiles() {
        String compiled = unindented(read("sample-app/src/test/java/io/distlock/sample/ReadmeExample.java"));
        assertThat(blocks("java"))
                .isNotEmpty()
                .allSatisfy(block -> assertThat(compiled).contains(unindented(block)));
    }

    @Test
    void itsPropertiesExist() throws IOException {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(
                new ByteArrayResource(String.join("\n", blocks("yaml")).getBytes()));
        assertThat(yaml.getObject().stringPropertyNames()).isNotEmpty().isSubsetOf(knownProperties());
    }

    @Test
    void itsTestCommandIsTheOneThatCiCalls() {
        assertThat(blocks("sh")).anyMatch(block -> block.strip().equals("mvn -B -ntp verify"));
        assertThat(read(".ci/run")).contains("TEST_COMMAND=(mvn -B -ntp verify)");
    }

    @Test
    void itsLinksLeadSomewhere() {
        List<String> links = found("\\]\\((?!https?:)([^)#]+)\\)");
        assertThat(links)
                .isNotEmpty()
                .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }

    private List<String> blocks(String language) {
        return found("(?s)```" + language + "\n(.*?)```");
    }

    private List<String> found(String pattern) {
        return Pattern.compile(pattern)
                .matcher(this.readme)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    private static Set<String> knownProperties() throws IOException {
        Set<String> names = new HashSet<>();
        for (URL metadata : Collections.list(
                ReadmeTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream json = metadata.openStream()) {
                new JsonMapper()
                        .readTree(json)
                        .get("properties")
                        .forEach(property -> names.add(property.get("name").asString()));
            }
        }
        return names;
    }

    private static String unindented(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("\n"));
    }

    private static String read(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
