package io.distlock.fence;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests under fences that were overtaken: 412 for a stale fence, 428 for a missing one where it is required,
 * 400 for one that cannot be read. A request that came in time and is slow afterwards is not stopped: what must never be
 * written late is checked where it is written, with a {@link JdbcFenceGuard} in its transaction.
 */
public final class FenceFilter extends OncePerRequestFilter {

    private final FenceGuard guard;

    private final boolean required;

    /**
     * @param guard one that all instances of the service share and that needs no transaction: a {@link RedisFenceGuard}
     * @param required whether requests without a fence are refused
     */
    public FenceFilter(FenceGuard guard, boolean required) {
        this.guard = guard;
        this.required = required;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        List<String> values = Collections.list(request.getHeaders(FenceHeader.NAME));
        if (values.isEmpty() && this.required) {
            refuse(response, HttpStatus.PRECONDITION_REQUIRED, "The header " + FenceHeader.NAME + " is missing");
            return;
        }
        try {
            Map<String, Long> fences = FenceHeader.parse(values);
            fences.forEach(this.guard::check);
        } catch (StaleFenceException stale) {
            refuse(response, HttpStatus.PRECONDITION_FAILED, String.valueOf(stale.getMessage()));
            return;
        } catch (IllegalArgumentException unreadable) {
            refuse(response, HttpStatus.BAD_REQUEST, String.valueOf(unreadable.getMessage()));
            return;
        }
        chain.doFilter(request, response);
    }

    private static void refuse(HttpServletResponse response, HttpStatus status, String fact) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.TEXT_PLAIN_VALUE);
        response.setCharacterEncoding("UTF-8");
        response.getWriter().write(fact);
    }
}
