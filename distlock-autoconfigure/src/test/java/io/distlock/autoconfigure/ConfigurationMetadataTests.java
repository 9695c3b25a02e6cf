package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;

/** What an editor shows for {@code distlock.*}, as it was generated. */
class ConfigurationMetadataTests {

    private static Map<String, Object> metadata;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in =
                DistlockProperties.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            metadata = JsonParserFactory.getJsonParser().parseMap(new String(in.readAllBytes()));
        }
    }

    @Test
    void everyPropertyIsListed() {
        assertThat(properties().map(property -> (String) property.get("name")))
                .hasSameSizeAs(Stream.of(
                                DistlockProperties.class,
                                LocksProperties.class,
                                LockersProperties.class,
                                OperationsProperties.class)
                        .flatMap(ConfigurationMetadataTests::leaves)
                        .toList())
                .contains("distlock.wait", "distlock.ttl", "distlock.pass.max", "distlock.connection-factory");
    }

    @Test
    void everyPropertyIsDescribedInTheStyleOfBoot() {
        assertThat(properties()).allSatisfy(property -> {
            String description = (String) property.get("description");
            assertThat(description)
                    .as((String) property.get("name"))
                    .isNotBlank()
                    .endsWith(".")
                    .doesNotStartWith("The ")
                    .doesNotStartWith("A ");
            if ("java.lang.Boolean".equals(property.get("type"))) {
                assertThat(description).startsWith("Whether ");
            }
        });
    }

    @Test
    void hintsBelongToPropertiesThatExist() {
        assertThat(maps("hints").map(hint -> hint.get("name")))
                .isNotEmpty()
                .isSubsetOf(properties().map(property -> property.get("name")).toList());
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .flatMap(component -> component.isRecord() ? leaves(component) : Stream.of(component));
    }

    private static Stream<Map<String, Object>> properties() {
        return maps("properties").filter(property -> ((String) property.get("name")).startsWith("distlock."));
    }

    @SuppressWarnings("unchecked")
    private static Stream<Map<String, Object>> maps(String key) {
        return ((List<Map<String, Object>>) metadata.get(key)).stream();
    }
}
