package io.distlock.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.docs.Page;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

/** Each piece of YAML that the pages show can be pasted into an application.yml as it is. */
class YamlSnippetsTests {

    /** Types by the names of properties, those of Spring Boot among them. */
    private static final Map<String, String> KNOWN = new TreeMap<>();

    static List<Page> pages() {
        return Page.all();
    }

    @BeforeAll
    @SuppressWarnings("unchecked")
    static void read() throws IOException {
        for (URL metadata : Collections.list(
                YamlSnippetsTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream json = metadata.openStream()) {
                Map<String, Object> read = JsonParserFactory.getJsonParser().parseMap(new String(json.readAllBytes()));
                ((List<Map<String, String>>) read.get("properties"))
                        .forEach(property -> KNOWN.put(property.get("name"), property.getOrDefault("type", "")));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsYamlBinds(Page page) {
        for (String block : page.blocks("yaml")) {
            YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
            yaml.setResources(new ByteArrayResource(block.getBytes()));
            Properties properties = yaml.getObject();
            assertThat(properties.stringPropertyNames())
                    .as("%s: %s", page, block)
                    .isNotEmpty()
                    .allMatch(YamlSnippetsTests::isKnown);
            bind(properties);
        }
    }

    private static boolean isKnown(String property) {
        String name = property.replaceAll("\\[\\d+]$", "");
        return KNOWN.containsKey(name)
                || KNOWN.entrySet().stream()
                        .anyMatch(known ->
                                (name.startsWith(known.getKey() + ".") || name.startsWith(known.getKey() + "["))
                                        && known.getValue().startsWith("java.util.Map"));
    }

    private static void bind(Properties properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new PropertiesPropertySource("snippet", properties));
        ConfigurationPropertySources.attach(environment);
        LockersProperties.refuseUnknown(environment);
        LocksProperties.refuseUnknown(environment);
        Binder binder = Binder.get(environment);
        LockerTerms base =
                binder.bindOrCreate("distlock", DistlockProperties.class).terms();
        LockersProperties lockers = binder.bindOrCreate("distlock", LockersProperties.class);
        lockers.lockers().keySet().forEach(name -> lockers.terms(name, base));
        binder.bindOrCreate("distlock", LocksProperties.class).tunings();
    }
}
