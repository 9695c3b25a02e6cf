package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The console at an address of its own, with more locks than a page has room for, by keyboard, and by night. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "distlock.driver=memory",
            "spring.data.redis.host=no-redis.invalid",
            "spring.datasource.url=jdbc:h2:mem:console",
            "management.endpoints.web.base-path=/manage",
            "management.endpoints.web.path-mapping.distlock=locks",
            "management.endpoints.web.path-mapping.distlockconsole=ops/look"
        })
class ConsolePagesIT {

    @TempDir
    static Path profile;

    private static ChromeDriver browser;

    @LocalServerPort
    private int port;

    @Autowired
    private Locker locker;

    private final List<Lease> leases = new ArrayList<>();

    @BeforeEach
    void open() {
        if (browser == null) {
            browser = Browser.start(profile);
        }
        browser.get(origin() + "/manage/ops/look");
        awaitScript("return document.body.dataset.live === 'yes'");
    }

    @AfterEach
    void release() {
        this.leases.forEach(Lease::close);
    }

    @AfterAll
    static void quit() {
        if (browser != null) {
            browser.quit();
        }
    }

    @Test
    void tenThousandLocksAreShownByPagesAndThereIsNoPageBehindTheLast() {
        hold(10_000);
        awaitPage("1 to 100 of 10000");
        assertThat(browser.findElements(By.cssSelector("#locks tbody tr"))).hasSize(100);
        press("next");
        awaitPage("101 to 200 of 10000");
        assertThat(script("return document.querySelector('#locks button').dataset.key"))
                .isEqualTo("seat:10100");
        press("previous");
        awaitPage("1 to 100 of 10000");
        press("previous");
        release(9_750);
        awaitPage("1 to 100 of 250");
        press("next");
        awaitPage("101 to 200 of 250");
        press("next");
        awaitPage("201 to 250 of 250");
        assertThat(script("return document.getElementById('next').getAttribute('aria-disabled')"))
                .isEqualTo("true");
        press("next");
        assertThat(script("return document.activeElement.id")).isEqualTo("next");
        hold(1);
        awaitPage("201 to 251 of 251");
        release(200);
        awaitPage("1 to 51 of 51");
    }

    @Test
    void whatIsPausedStandsStillAndGoesOnLater() {
        hold(1);
        awaitPage("1 to 1 of 1");
        press("pause");
        awaitScript("return document.getElementById('state').textContent === 'Paused'");
        assertThat(script("return document.getElementById('pause').getAttribute('aria-pressed')"))
                .isEqualTo("true");
        hold(1);
        await().during(Duration.ofMillis(2500))
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(script("return document.getElementById('page').textContent"))
                        .isEqualTo("1 to 1 of 1"));
        press("pause");
        awaitPage("1 to 2 of 2");
        awaitScript("return document.getElementById('state').textContent === 'Live'");
    }

    @Test
    void nothingIsLoadedFromElsewhere() {
        hold(1);
        awaitPage("1 to 1 of 1");
        List<?> loaded = (List<?>)
                script("return performance.getEntriesByType('resource').map(entry => entry.name.split('?')[0])");
        assertThat(loaded.stream().map(String::valueOf).distinct())
                .containsExactlyInAnyOrder(
                        origin() + "/manage/ops/look/console.css",
                        origin() + "/manage/ops/look/console.js",
                        origin() + "/manage/locks");
        assertThat(browser.getPageSource()).doesNotContain("http:", "https:", "{{");
    }

    @Test
    void theKeyboardGoesThroughThePageFromTopToBottom() {
        hold(2);
        awaitPage("1 to 2 of 2");
        browser.findElement(By.cssSelector("button[data-key='seat:10001']")).click();
        awaitScript("return !document.getElementById('free-it').hidden");
        script("document.activeElement.blur(); getSelection().removeAllRanges(); document.body.tabIndex = -1;"
                + " document.body.focus(); document.body.removeAttribute('tabindex')");
        List<String> stops = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            new Actions(browser).sendKeys(Keys.TAB).perform();
            stops.add(String.valueOf(script("const at = document.activeElement;"
                    + " return at.id || at.dataset.key || at.name || at.textContent")));
        }
        assertThat(stops)
                .containsExactly(
                        "Skip to the locks",
                        "pause",
                        "seat:10000",
                        "seat:10001",
                        "previous",
                        "next",
                        "locker",
                        "key",
                        "Ask the store",
                        "free-it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void everyTextStandsOutFromItsGround(String scheme) {
        hold(1);
        awaitPage("1 to 1 of 1");
        browser.findElement(By.cssSelector("#locks button")).click();
        awaitScript("return !document.getElementById('free-it').hidden");
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        assertThat((Number) script(LUMINANCE + "return luminance(getComputedStyle(document.body).backgroundColor)"))
                .satisfies(ground -> {
                    if (scheme.equals("dark")) {
                        assertThat(ground.doubleValue()).isLessThan(0.1);
                    } else {
                        assertThat(ground.doubleValue()).isGreaterThan(0.9);
                    }
                });
        List<?> faint = (List<?>) script(LUMINANCE + """
                const ground = node => {
                  const colour = getComputedStyle(node).backgroundColor;
                  return colour === 'rgba(0, 0, 0, 0)' ? ground(node.parentElement) : colour;
                };
                return [...document.querySelectorAll('body *')]
                  .filter(node => node.getClientRects().length > 0 && !node.matches('[aria-disabled=true]'))
                  .filter(node => [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()))
                  .filter(node => {
                    const both = [luminance(getComputedStyle(node).color), luminance(ground(node))].sort((a, b) => b - a);
                    return (both[0] + 0.05) / (both[1] + 0.05) < 4.5;
                  })
                  .map(node => node.outerHTML)""");
        assertThat(faint).as("texts with a contrast below 4.5").isEmpty();
    }

    /** As WCAG defines it. */
    private static final String LUMINANCE = """
            const luminance = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
              .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
              .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
            """;

    private void hold(int more) {
        LockRequest quiet = LockRequest.of("any").name("seats").autoRenew(false).ttl(Duration.ofHours(1));
        for (int i = 0; i < more; i++) {
            this.leases.add(this.locker.acquire(quiet.keys("seat:" + (10_000 + this.leases.size()))));
        }
    }

    /** Those that came last. */
    private void release(int count) {
        List<Lease> last = this.leases.subList(this.leases.size() - count, this.leases.size());
        last.forEach(Lease::close);
        last.clear();
    }

    private void press(String id) {
        browser.findElement(By.id(id)).click();
    }

    private void awaitPage(String text) {
        awaitScript("return document.getElementById('page').textContent === '" + text + "'");
    }

    private static void awaitScript(String script) {
        new WebDriverWait(browser, Duration.ofMinutes(1))
                .until(any -> script(script).equals(true));
    }

    private static Object script(String script) {
        return browser.executeScript(script);
    }

    private String origin() {
        return "http://localhost:" + this.port;
    }
}
