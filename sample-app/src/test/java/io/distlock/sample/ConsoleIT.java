package io.distlock.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.distlock.Lease;
import io.distlock.LockRequest;
import io.distlock.Locker;
import io.distlock.testredis.RedisServers;
import io.distlock.testredis.TestRedis;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The endpoint over HTTP and the console in a real browser; its pictures are kept in {@code target/screenshots}. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ConsoleIT {

    /** All that makes trouble in addresses, in JSON and in pages. */
    private static final String STRANGE = "a/b c?d&e=f#g%2F ключ <img src=x onerror=\"document.title='broken'\">";

    @TempDir
    static Path data;

    @TempDir
    Path profile;

    @LocalServerPort
    private int port;

    @Autowired
    private Locker locker;

    @Autowired
    private Audit audit;

    private final HttpClient http = HttpClient.newHttpClient();

    private final List<Thread> threads = new ArrayList<>();

    private ChromeDriver browser;

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry registry) {
        TestRedis redis = RedisServers.shared();
        registry.add("distlock.prefix", () -> "console:");
        registry.add("distlock.command-timeout", () -> "5s"); // on a busy machine everything is slow
        registry.add("distlock.wait", () -> "2m");
        registry.add("spring.data.redis.host", redis::host);
        registry.add("spring.data.redis.port", redis::port);
        registry.add("spring.datasource.url", () -> "jdbc:h2:async:" + data + "/seats;AUTO_SERVER=TRUE");
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Audit {

        private final List<AuditEvent> events = new CopyOnWriteArrayList<>();

        @EventListener
        void hear(AuditApplicationEvent event) {
            this.events.add(event.getAuditEvent());
        }
    }

    @BeforeEach
    void measure() {
        this.audit.events.clear();
        this.locker.run(LockRequest.of("warm").name("warm"), lease -> {});
    }

    @AfterEach
    void end() throws InterruptedException {
        if (this.browser != null) {
            this.browser.quit();
        }
        endThreads();
    }

    private void endThreads() throws InterruptedException {
        for (Thread thread : this.threads) {
            thread.interrupt();
            thread.join();
        }
    }

    @Test
    void aStrangeKeyIsAskedForAndFreedOverHttp() throws Exception {
        try (Lease lease = this.locker.acquire(STRANGE)) {
            HttpResponse<String> found = send("GET", "/distlock/default?key=" + encoded(STRANGE));
            assertThat(found.statusCode()).isEqualTo(200);
            String token = found.body().replaceAll(".*\"token\":\"([^\"]*)\".*", "$1");
            assertThat(lease.token()).startsWith(token);
            assertThat(send("DELETE", "/distlock/default?key=" + encoded(STRANGE) + "&token=other")
                            .statusCode())
                    .isEqualTo(409);
            String address = "/distlock/default?key=" + encoded(STRANGE) + "&token=" + encoded(token);
            assertThat(send("DELETE", address).statusCode()).isEqualTo(200);
            assertThat(lease.isHeld()).isFalse();
            assertThat(this.audit.events).singleElement().satisfies(event -> {
                assertThat(event.getType()).isEqualTo("DISTLOCK_FREED");
                assertThat(event.getData()).containsEntry("key", STRANGE).containsEntry("locker", "default");
            });
            assertThat(send("DELETE", address).statusCode()).isEqualTo(404);
            assertThat(send("GET", "/distlock/nowhere?key=k").statusCode()).isEqualTo(404);
            assertThat(send("GET", "/distlock/default").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void theConsoleShowsLocksLiveAndFreesOneAfterAQuestionWithTheKeyboardAlone() throws IOException {
        open();
        try (Lease lease = this.locker.acquire(LockRequest.of(STRANGE).name("strange"))) {
            await("#locks button[data-locker=default]");
            assertThat(texts("#locks button")).contains(STRANGE);
            keyButton(STRANGE).sendKeys(Keys.ENTER);
            await("#free-it");
            this.browser.findElement(By.id("free-it")).sendKeys(Keys.ENTER);
            await("dialog[open]");
            WebElement really = this.browser.findElement(By.id("really"));
            assertThat(really.isEnabled()).as("not without a second thought").isFalse();
            this.browser.findElement(By.id("sure")).sendKeys(Keys.SPACE);
            assertThat(really.isEnabled()).isTrue();
            really.sendKeys(Keys.ENTER);
            await("#events td.freed");
            await("#events td.lost");
            assertThat(lease.isHeld()).isFalse();
            assertThat(this.browser.getTitle()).as("no key becomes markup").isEqualTo("distlock");
            assertThat(this.browser.findElements(By.cssSelector("main img"))).isEmpty();
        }
    }

    @Test
    void aDeadlockBetweenInstancesIsMarked() throws Exception {
        open();
        try (ConfigurableApplicationContext elsewhere = anotherInstance()) {
            Locker other = elsewhere.getBean(Locker.class);
            CountDownLatch both = new CountDownLatch(2);
            holdThenWait(this.locker, "order:42", "customer:7", both);
            holdThenWait(other, "customer:7", "order:42", both);
            await("#edges li.dead");
            holdThenWait(this.locker, "invoice:3", "order:42", new CountDownLatch(1));
            assertThat(texts("#alarm").get(0)).contains("Deadlock", "default/order:42", "default/customer:7");
            await("#graph .edge:not(.dead)");
            assertThat(this.browser.findElements(By.cssSelector("#graph .edge.dead")))
                    .hasSize(2);
            assertThat(texts("#edges li"))
                    .as("each who waits once, though the store knows some of them too")
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("clerk-order:42 holds"))
                    .anyMatch(
                            line -> line.matches("branch@.* clerk-customer:7 holds default/customer:7 and .*deadlock"));
            assertThat(this.browser.findElement(By.id("plot")).getAccessibleName())
                    .contains("granted");
            keyButton("order:42").click();
            await("#key ol li");
            assertThat(texts("#key ol li"))
                    .anyMatch(line -> line.contains("branch on") && line.contains("holding default/customer:7"));
            refuseSome();
            loseOne();
            await("#events td.busy");
            await("#events td.lost");
            this.browser.manage().window().setSize(new Dimension(1280, 1750));
            Browser.keepPicture(this.browser, "light", "console-light");
            Browser.keepPicture(this.browser, "dark", "console-dark");
            endThreads();
        }
    }

    private ConfigurableApplicationContext anotherInstance() {
        TestRedis redis = RedisServers.shared();
        return new SpringApplicationBuilder(SampleApplication.class)
                .run(
                        "--server.port=0",
                        "--spring.application.name=branch",
                        "--distlock.prefix=console:",
                        "--distlock.command-timeout=5s",
                        "--distlock.wait=2m",
                        "--distlock.shutdown-grace=0s",
                        "--spring.data.redis.host=" + redis.host(),
                        "--spring.data.redis.port=" + redis.port(),
                        "--spring.datasource.url=jdbc:h2:async:" + data + "/seats;AUTO_SERVER=TRUE");
    }

    private void loseOne() {
        Lease lease = this.locker.acquire(LockRequest.of("seat:B7").name("seat").autoRenew(false));
        lease.onLost(lost -> {});
        this.locker.release("seat:B7", lease.token());
        lease.close();
    }

    private void refuseSome() {
        for (int i = 0; i < 30; i++) {
            this.locker.run("seat:A" + i, lease -> {});
        }
        for (int i = 0; i < 3; i++) {
            assertThat(this.locker.tryAcquire(
                            LockRequest.of("order:42").name("order").waitFor(Duration.ZERO)))
                    .isEmpty();
        }
    }

    private void open() {
        this.browser = Browser.start(this.profile);
        this.browser.get("http://localhost:" + this.port + "/actuator/distlockconsole");
        await("body[data-live=yes]");
    }

    private void holdThenWait(Locker at, String held, String wanted, CountDownLatch both) {
        Thread thread = new Thread(
                () -> {
                    try (Lease outer = at.acquire(LockRequest.of(held).name(held.split(":")[0]))) {
                        both.countDown();
                        both.await();
                        at.acquire(LockRequest.of(wanted).name(wanted.split(":")[0]))
                                .close();
                    } catch (InterruptedException | RuntimeException ended) {
                        Thread.currentThread().interrupt();
                    }
                },
                "clerk-" + held);
        this.threads.add(thread);
        thread.start();
    }

    private WebElement keyButton(String key) {
        await("#locks button");
        return (WebElement) this.browser.executeScript(
                "return [...document.querySelectorAll('#locks button')].find(one => one.dataset.key === arguments[0])",
                key);
    }

    private void await(String selector) {
        new WebDriverWait(this.browser, Duration.ofMinutes(1))
                .until(browser ->
                        !browser.findElements(By.cssSelector(selector)).isEmpty());
    }

    private List<String> texts(String selector) {
        Object texts = this.browser.executeScript(
                "return [...document.querySelectorAll(arguments[0])].map(element => element.textContent)", selector);
        return ((List<?>) texts).stream().map(String::valueOf).toList();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return this.http.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/actuator" + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
