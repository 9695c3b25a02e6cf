package io.distlock.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.headerDoesNotExist;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import io.distlock.LockLostException;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.autoconfigure.DistlockAutoConfiguration;
import io.distlock.memory.MemoryLockDriverAutoConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;

/** A fence travels with a request, and the called service refuses the overtaken. */
class FenceHttpTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(DistlockAutoConfiguration.class, MemoryLockDriverAutoConfiguration.class))
            .withPropertyValues("distlock.driver=memory");

    private final Map<String, Long> highest = new HashMap<>();

    private final FenceGuard guard = (resource, fence) -> {
        if (this.highest.merge(resource, fence, Math::max) > fence) {
            throw new StaleFenceException(resource, fence);
        }
    };

    // sent

    private final RestClient.Builder client = RestClient.builder().requestInterceptor(new FenceInterceptor());

    private final MockRestServiceServer service =
            MockRestServiceServer.bindTo(this.client).build();

    private void call() {
        this.client.build().get().uri("/pay").retrieve().toBodilessEntity();
    }

    @Test
    void aCallUnderALockSaysItsKeysAndFences() {
        this.application.run(context -> {
            Locker locker = context.getBean(Locker.class);
            locker.run(LockRequest.of("order:42, or more", "b"), lease -> {
                String expected = "b=" + lease.fencingToken("b") + ", order%3A42%2C+or+more="
                        + lease.fencingToken("order:42, or more");
                this.service
                        .expect(requestTo("/pay"))
                        .andExpect(request -> assertThat(
                                        FenceHeader.parse(request.getHeaders().getValuesAsList(FenceHeader.NAME)))
                                .isEqualTo(FenceHeader.parse(List.of(expected))))
                        .andRespond(withSuccess());
                call();
            });
            this.service.verify();
        });
    }

    @Test
    void aCallUnderNoLockSaysNothing() {
        this.service.expect(headerDoesNotExist(FenceHeader.NAME)).andRespond(withSuccess());
        call();
        this.service.verify();
    }

    @Test
    void aCallUnderALostLeaseIsNotSent() {
        this.application.run(context -> {
            Locker locker = context.getBean(Locker.class);
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> locker.run(LockRequest.of("order:42"), lease -> {
                        locker.release("order:42", lease.token());
                        assertThat(lease.extend(Duration.ofMinutes(1))).isFalse();
                        call();
                    }));
            this.service.verify(); // which would not have let it through
        });
    }

    // received

    private MockHttpServletResponse receive(boolean required, String... headers) throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/pay");
        for (String header : headers) {
            request.addHeader(FenceHeader.NAME, header);
        }
        MockHttpServletResponse response = new MockHttpServletResponse();
        MockFilterChain chain = new MockFilterChain();
        new FenceFilter(this.guard, required).doFilter(request, response, chain);
        assertThat(chain.getRequest() != null).as("let through").isEqualTo(response.getStatus() == 200);
        return response;
    }

    @Test
    void aRequestIsRefusedWhenALaterOneWasSeen() throws Exception {
        assertThat(receive(true, "order%3A42=1795221225285131").getStatus()).isEqualTo(200);
        assertThat(receive(true, "order%3A42=1795221225285132, b=1").getStatus())
                .isEqualTo(200);
        MockHttpServletResponse refused = receive(true, "order%3A42=1795221225285131");
        assertThat(refused.getStatus()).isEqualTo(412);
        assertThat(refused.getContentAsString()).contains("'order:42'", "1795221225285131");
    }

    @Test
    void aRequestWithoutAFenceIsRefusedOnlyWhereOneIsRequired() throws Exception {
        assertThat(receive(false).getStatus()).isEqualTo(200);
        MockHttpServletResponse refused = receive(true);
        assertThat(refused.getStatus()).isEqualTo(428);
        assertThat(refused.getContentAsString()).contains(FenceHeader.NAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a=", "=1", "a=-1", "a=1=2", "a=1,", "a=1795221225285131795221225285131", "%=1"})
    void aFenceThatCannotBeReadIsRefused(String header) throws Exception {
        assertThat(receive(false, header).getStatus()).isEqualTo(400);
    }
}
