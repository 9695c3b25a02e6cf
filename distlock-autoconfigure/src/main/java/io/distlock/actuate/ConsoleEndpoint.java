package io.distlock.actuate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.MimeType;

/**
 * The console: one page over {@link LockEndpoint}, beside which it is served, so that both are exposed, moved and secured
 * in the same way.
 */
@WebEndpoint(id = "distlockconsole")
public final class ConsoleEndpoint {

    private static final MimeType HTML = new MimeType("text", "html", StandardCharsets.UTF_8);

    private static final Map<String, MimeType> ASSETS = Map.of(
            "console.css", new MimeType("text", "css", StandardCharsets.UTF_8),
            "console.js", new MimeType("text", "javascript", StandardCharsets.UTF_8));

    /** The page. */
    @ReadOperation(produces = "text/html")
    public WebEndpointResponse<String> page() throws IOException {
        return new WebEndpointResponse<>(text("console.html"), HTML);
    }

    /** What the page loads. */
    @ReadOperation(produces = {"text/css", "text/javascript"})
    public @Nullable WebEndpointResponse<String> asset(@Selector String asset) throws IOException {
        MimeType type = ASSETS.get(asset);
        return type == null ? null : new WebEndpointResponse<>(text(asset), type);
    }

    private static String text(String asset) throws IOException {
        return new ClassPathResource(asset, ConsoleEndpoint.class).getContentAsString(StandardCharsets.UTF_8);
    }
}
