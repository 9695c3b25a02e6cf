package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.json.JsonMapper;

/** Keeps README.md true. */
class ReadmeTests {

    private final Markdown readme = Markdown.of("README.md");

    @Test
    void itsJavaCompiles() {
        this.readme.assertItsJavaIsIn("ReadmeExample");
    }

    @Test
    void itsPropertiesExist() throws IOException {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ByteArrayResource(
                String.join("\n", this.readme.blocks("yaml")).getBytes()));
        assertThat(yaml.getObject().stringPropertyNames()).isNotEmpty().isSubsetOf(knownProperties());
    }

    @Test
    void itsTestCommandIsTheOneThatCiCalls() {
        assertThat(this.readme.blocks("sh")).anyMatch(block -> block.strip().equals("mvn -B -ntp verify"));
        assertThat(Markdown.of(".ci/run").text()).contains("TEST_COMMAND=(mvn -B -ntp verify)");
    }

    @Test
    void itsLinksLeadSomewhere() {
        List<String> links = this.readme.found("\\]\\((?!https?:)([^)#]+)\\)");
        assertThat(links)
                .isNotEmpty()
                .allSatisfy(link -> assertThat(Markdown.ROOT.resolve(link)).exists());
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
}
