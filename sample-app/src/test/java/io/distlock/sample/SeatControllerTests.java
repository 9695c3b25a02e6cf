package io.distlock.sample;

import static io.distlock.test.LockAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;

import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.fence.FenceGuard;
import io.distlock.test.AutoConfigureDistlock;
import io.distlock.test.TestLocks;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** The web layer alone, with the locks that it needs and without what they protect. */
@WebMvcTest(value = SeatController.class, properties = "spring.data.redis.host=no-redis.invalid")
@AutoConfigureDistlock
@Timeout(60)
class SeatControllerTests {

    @Autowired
    private MockMvcTester http;

    @Autowired
    private Locker locker;

    @Autowired
    private TestLocks locks;

    @MockitoBean
    private SeatStore store;

    @MockitoBean
    private BoxOffice office;

    @MockitoBean
    private FenceGuard fences;

    @Test
    void whoHoldsASeatIsShown() {
        this.locks.elsewhere().acquire("seat:A7");
        assertThat(this.http.get().uri("/live?after=0"))
                .bodyJson()
                .extractingPath("$.locks[0].key")
                .isEqualTo("seat:A7");
    }

    @Test
    void aSeatThatIsHeldElsewhereIsAConflict() {
        LockRequest seat = LockRequest.of("seat:A7").waitFor(Duration.ZERO);
        this.locks.elsewhere().acquire(seat);
        doAnswer(sale -> this.locker.execute(seat, lease -> true))
                .when(this.office)
                .serve(any(), eq("Ada"), anyBoolean());
        assertThat(this.http
                        .post()
                        .uri("/seats/A/7/bookings")
                        .contentType(MediaType.APPLICATION_JSON)
                        .content("{\"buyer\": \"Ada\"}"))
                .hasStatus(HttpStatus.CONFLICT);
        assertThat(this.locks).wasRefused("seat:A7").wasNeverLocked();
    }
}
