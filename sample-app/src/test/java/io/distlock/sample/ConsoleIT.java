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
import org.junit.jupiter.api.AfterAll;
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
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The endpoint over HTTP and the console in a real browser; its pictures are kept in {@code target/screenshots}. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext // or it would still write into the directory while that is deleted
class ConsoleIT {

    /** All that makes trouble in addresses, in JSON and in pages. */
    private static final String STRANGE = "a/b c?d&e=f#g%2F ключ <img src=x onerror=\"document.title='broken'\">";

    private static final String LAST_EVENT = "return document.querySelector('#events tbody tr').dataset.id";

    @TempDir
    static Path data;

    @TempDir
    static Path profile;

    private static ChromeDriver browser;

    @LocalServerPort
    private int port;

    @Autowired
    private Locker locker;

    @Autowired
    private Audit audit;

    private final HttpClient http = HttpClient.newHttpClient();

    private final List<Thread> threads = new ArrayList<>();

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
    void endThreads() throws InterruptedException {
        for (Thread thread : this.threads) {
            thread.interrupt();
            thread.join();
        }
    }

    @AfterAll
    static void quit() {
        if (browser != null) {
            browser.quit();
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
            await("#free-it:not([hidden])");
            browser.findElement(By.id("free-it")).sendKeys(Keys.ENTER);
            await("dialog[open]");
            WebElement really = browser.findElement(By.id("really"));
            assertThat(really.isEnabled()).as("not without a second thought").isFalse();
            browser.findElement(By.id("sure")).sendKeys(Keys.SPACE);
            assertThat(really.isEnabled()).isTrue();
            really.sendKeys(Keys.ENTER);
            awaitText("#answer-text", "The hold was freed.");
            await("#events td.freed");
            await("#events td.lost");
            assertThat(lease.isHeld()).isFalse();
            assertThat(browser.getTitle()).as("no key becomes markup").isEqualTo("distlock");
            assertThat(browser.findElements(By.cssSelector("main img"))).isEmpty();
        }
    }

    @Test
    void freeingALockThatIsGoneIsAnsweredUntilTheAnswerIsDismissed() {
        open();
        Lease lease = this.locker.acquire("order:42");
        keyButton("order:42").click();
        await("#free-it:not([hidden])");
        browser.findElement(By.id("free-it")).click();
        lease.close();
        sayYes();
        awaitText("#answer-text", "Nobody holds 'order:42' any more.");
        assertThat(activeElement()).isEqualTo("answer");
        try (Lease next = this.locker.acquire("order:43")) {
            await("#locks button[data-key='order:43']");
            assertThat(texts("#answer-text")).as("still there").containsExactly("Nobody holds 'order:42' any more.");
            browser.findElement(By.id("dismiss")).click();
            awaitText("#answer-text", "");

            keyButton("order:43").click();
            awaitText("#facts code", "order:43");
            browser.findElement(By.id("free-it")).click();
            browser.executeScript("const send = window.fetch; window.fetch = (address, options) => options.method"
                    + " === 'DELETE' ? Promise.reject(new Error('the net is down')) : send(address, options)");
            sayYes();
            awaitText("#answer-text", "Nobody knows whether 'order:43' was freed: the net is down");
            assertThat(next.isHeld()).isTrue();
            keyButton("order:43").click();
            awaitText("#answer-text", "");
        }
    }

    @Test
    void whoSharesALockIsFreedAlone() {
        open();
        LockRequest read = LockRequest.of("stock").name("reads").shared();
        try (Lease first = this.locker.acquire(read);
                Lease second = this.locker.acquire(read)) {
            await("#locks button[data-key=stock]");
            assertThat(texts("#locks tr:has(button[data-key=stock]) td:nth-child(3)"))
                    .as("one line for the key, which names both")
                    .singleElement()
                    .asString()
                    .contains(", ");
            keyButton("stock").click();
            await("#sharers li:nth-child(2)");
            assertThat(browser.findElement(By.id("free-it")).isDisplayed()).isFalse();
            assertThat(texts("#sharers li").get(1)).contains("concert on ", "reads", "fence " + second.fencingToken());
            browser.findElement(By.cssSelector("#sharers li:nth-child(2) button"))
                    .click();
            sayYes();
            awaitText("#answer-text", "The hold was freed.");
            await("#sharers li:only-child");
            assertThat(first.isHeld()).isTrue();
            assertThat(second.isHeld()).isFalse();
        }
    }

    @Test
    void whatDoesNotChangeIsNotTouched() throws Exception {
        open();
        try (Lease lease = this.locker.acquire("order:42")) {
            refuseSome();
            await("#events td.busy");
            keyButton("order:42").click();
            await("#free-it:not([hidden])");
            browser.executeScript("""
                    document.getElementById('free-it').focus();
                    getSelection().selectAllChildren(document.querySelector('#events td.busy ~ td:last-child'));
                    window.touched = [];
                    const watch = new MutationObserver(all => all.forEach(one => touched.push(one.target.outerHTML)));
                    ['state', 'answer', 'events', 'edges', 'graph', 'alarm', 'sharers', 'line', 'free-it', 'page'].forEach(id =>
                      watch.observe(document.getElementById(id),
                        { subtree: true, childList: true, characterData: true }));
                    const send = window.fetch;
                    window.answers = 0;
                    window.fetch = (...what) => send(...what).finally(() => answers++);
                    """);
            new WebDriverWait(browser, Duration.ofMinutes(1))
                    .until(any -> (Long) browser.executeScript("return answers") >= 6);
            assertThat((List<?>) browser.executeScript("return touched")).isEmpty();
            assertThat(activeElement()).isEqualTo("free-it");
            assertThat(browser.executeScript("return String(getSelection())")).isEqualTo("not granted: BUSY");

            Object last = browser.executeScript(LAST_EVENT);
            refuse("order:42");
            new WebDriverWait(browser, Duration.ofMinutes(1))
                    .until(any -> !browser.executeScript(LAST_EVENT).equals(last));
            assertThat(activeElement()).isEqualTo("free-it");
            assertThat(browser.executeScript("return String(getSelection())")).isEqualTo("not granted: BUSY");
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
            assertThat(browser.findElements(By.cssSelector("#graph .edge.dead")))
                    .hasSize(2);
            assertThat(texts("#edges li"))
                    .as("each who waits once, though the store knows some of them too")
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("clerk-order:42 holds"))
                    .anyMatch(
                            line -> line.matches("branch@.* clerk-customer:7 holds default/customer:7 and .*deadlock"));
            keyButton("order:42").click();
            await("#line li:not([data-id=''])");
            assertThat(texts("#line li"))
                    .anyMatch(line -> line.contains("branch on") && line.contains("holding default/customer:7"));
            refuseSome();
            loseOne();
            await("#events td.busy");
            await("#events td.lost");
            assertThat(browser.findElement(By.id("plot")).getAccessibleName())
                    .matches("In the last 5 minutes: (3[0-9]|4[0-9]) granted, \\d+ of them after more than 5 ms,"
                            + " [3-9] not granted, 1 lost; at most \\d+ in 5 seconds\\.");
            assertThat(browser.findElements(By.cssSelector("#plot rect.lost"))).hasSize(1);
            browser.manage().window().setSize(new Dimension(1280, 1830));
            Browser.keepPicture(browser, "light", "console-light");
            Browser.keepPicture(browser, "dark", "console-dark");
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
            refuse("order:42");
        }
    }

    private void refuse(String key) {
        assertThat(this.locker.tryAcquire(LockRequest.of(key).name("order").waitFor(Duration.ZERO)))
                .isEmpty();
    }

    private void sayYes() {
        await("dialog[open]");
        browser.findElement(By.id("sure")).click();
        browser.findElement(By.id("really")).click();
    }

    private String activeElement() {
        return String.valueOf(browser.executeScript("return document.activeElement.id"));
    }

    private void awaitText(String selector, String text) {
        new WebDriverWait(browser, Duration.ofMinutes(1))
                .until(any -> texts(selector).contains(text));
    }

    private void open() {
        if (browser == null) {
            browser = Browser.start(profile);
        }
        browser.get("http://localhost:" + this.port + "/actuator/distlockconsole");
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
        return (WebElement) browser.executeScript(
                "return [...document.querySelectorAll('#locks button')].find(one => one.dataset.key === arguments[0])",
                key);
    }

    private void await(String selector) {
        new WebDriverWait(browser, Duration.ofMinutes(1))
                .until(any -> !browser.findElements(By.cssSelector(selector)).isEmpty());
    }

    private List<String> texts(String selector) {
        Object texts = browser.executeScript(
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
