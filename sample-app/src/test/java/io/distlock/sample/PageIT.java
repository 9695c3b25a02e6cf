package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The page in a real browser; its pictures are kept in {@code target/screenshots}. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext // or it would still write into the directory while that is deleted
class PageIT {

    @TempDir
    static Path data;

    @TempDir
    Path profile;

    private ChromeDriver browser;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        TestRedis redis = RedisServers.shared();
        registry.add("distlock.prefix", () -> "page:");
        registry.add("distlock.command-timeout", () -> "5s"); // on a busy machine everything is slow
        registry.add("spring.data.redis.host", redis::host);
        registry.add("spring.data.redis.port", redis::port);
        registry.add("spring.datasource.url", () -> "jdbc:h2:async:" + data + "/seats;AUTO_SERVER=TRUE");
    }

    @BeforeEach
    void openThePage(@LocalServerPort int port) {
        this.browser = Browser.start(this.profile);
        new Concert(port).reset();
        this.browser.get("http://localhost:" + port + "/");
    }

    @AfterEach
    void closeTheBrowser() {
        if (this.browser != null) {
            this.browser.quit();
        }
    }

    @Test
    void aRushSellsTwentySeatsOnceWithTheLockAndSomeTwiceWithout() throws IOException {
        rush();
        assertThat(texts("#doubles")).containsExactly("0");
        // the page asks for the hall by itself
        Awaitility.await().untilAsserted(() -> assertThat(texts(".seat.sold")).hasSize(20));
        assertThat(texts("#figures tr:first-child td")).containsExactly("200", "0");
        assertThat(this.browser.findElements(By.cssSelector("#plot circle"))).hasSize(200);

        this.browser.findElement(By.id("lock")).click();
        rush();
        assertThat(Integer.parseInt(texts("#doubles").get(0))).isPositive();
        assertThat(texts(".seat.double")).isNotEmpty().allMatch(tickets -> Integer.parseInt(tickets) > 1);
        assertThat(texts("#figures tr:first-child td")).containsExactly("200", "200");

        choose("D12");
        this.browser.findElement(By.name("hold")).click();
        await("#locks li:not(.over)");
        assertThat(texts("#locks b")).contains("seat:D12");
        assertThat(this.browser.findElement(By.cssSelector("[data-seat=D12]")).getAccessibleName())
                .isEqualTo("Seat D12, free, locked");
        Browser.keepPicture(this.browser, "light");
        Browser.keepPicture(this.browser, "dark");
    }

    @Test
    void seatsAreChosenAndBookedWithTheKeyboardAlone() {
        await("[data-seat=A1][aria-label]");
        this.browser.findElement(By.cssSelector("[data-seat=A1]")).sendKeys(Keys.ARROW_DOWN);
        this.browser.switchTo().activeElement().sendKeys(Keys.ARROW_RIGHT);
        this.browser.switchTo().activeElement().sendKeys(Keys.ENTER);
        assertThat(texts("#chosen")).containsExactly("Seat B2");
        this.browser.findElement(By.name("buyer")).sendKeys(Keys.ENTER);
        await("[data-seat=B2].sold");
        assertThat(texts("#buyers")).containsExactly("sold to Ada");
    }

    private void rush() {
        this.browser.findElement(By.id("rush")).click();
        await("#rush:not([disabled])");
    }

    private void choose(String seat) {
        this.browser.findElement(By.cssSelector("[data-seat=" + seat + "]")).click();
    }

    private void await(String selector) {
        new WebDriverWait(this.browser, Duration.ofMinutes(1))
                .until(browser ->
                        !browser.findElements(By.cssSelector(selector)).isEmpty());
    }

    /** Read in one go: the page renews what it shows several times a second. */
    private List<String> texts(String selector) {
        Object texts = this.browser.executeScript(
                "return [...document.querySelectorAll(arguments[0])].map(element => element.innerText.trim())",
                selector);
        return ((List<?>) texts).stream().map(String::valueOf).toList();
    }
}
