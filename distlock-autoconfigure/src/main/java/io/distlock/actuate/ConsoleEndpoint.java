package io.distlock.actuate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.MimeType;
import org.springframework.util.StringUtils;

/**
 * The console: one page over {@link LockEndpoint}, served as an endpoint too, so that both are exposed and secured in the
 * same way. Each may be moved: the page names what it loads and asks as seen from where it stands.
 */
@WebEndpoint(id = "distlockconsole")
public final class ConsoleEndpoint {

    private static final MimeType HTML = new MimeType("text", "html", StandardCharsets.UTF_8);

    private static final Map<String, MimeType> ASSETS = Map.of(
            "console.css", new MimeType("text", "css", StandardCharsets.UTF_8),
            "console.js", new MimeType("text", "javascript", StandardCharsets.UTF_8));

    private final UnaryOperator<String> paths;

    /** @param paths where an endpoint is found below the base path of all */
    public ConsoleEndpoint(UnaryOperator<String> paths) {
        this.paths = paths;
    }

    /** The page. */
    @ReadOperation(produces = "text/html")
    public WebEndpointResponse<String> page() throws IOException {
        String own = this.paths.apply("distlockconsole");
        String api = "../".repeat(StringUtils.countOccurrencesOf(own, "/")) + this.paths.apply("distlock");
        String page = text("console.html")
                .replace("{{api}}", escaped(api))
                .replace("{{console}}", escaped(own.substring(own.lastIndexOf('/') + 1)));
        return new WebEndpointResponse<>(page, HTML);
    }

    /** What the page loads. */
    @ReadOperation(produces = {"text/css", "text/javascript"})
    public @Nullable WebEndpointResponse<String> asset(@Selector String asset) throws IOException {
        MimeType type = ASSETS.get(asset);
        return type == null ? null : new WebEndpointResponse<>(text(asset), type);
    }

    private static String escaped(String path) {
        return path.replace("&", "&amp;").replace("\"", "&quot;");
    }

    private static String text(String asset) throws IOException {
        return new ClassPathResource(asset, ConsoleEndpoint.class).getContentAsString(StandardCharsets.UTF_8);
    }
}
