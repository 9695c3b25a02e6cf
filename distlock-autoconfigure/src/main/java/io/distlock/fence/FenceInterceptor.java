package io.distlock.fence;

import io.distlock.Leases;
import java.io.IOException;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Tells the called service under which fence this thread works: for {@code RestClient} and {@code RestTemplate}. Outside
 * of any lease a request is sent as it is; under a lost one it is not sent.
 */
public final class FenceInterceptor implements ClientHttpRequestInterceptor {

    /** @throws io.distlock.LockLostException when the innermost lease is no longer held */
    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        Leases.current().ifPresent(lease -> {
            lease.ensureHeld();
            request.getHeaders().set(FenceHeader.NAME, FenceHeader.of(lease));
        });
        return execution.execute(request, body);
    }
}
