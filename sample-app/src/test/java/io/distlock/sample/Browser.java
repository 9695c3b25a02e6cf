package io.distlock.sample;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A headless Chromium, where one is installed; elsewhere the test is skipped and says so. */
final class Browser {

    private Browser() {}

    static ChromeDriver start(Path profile) {
        Optional<File> chrome = onPath("chromium", "google-chrome", "chrome");
        Optional<File> driver = onPath("chromedriver");
        boolean present = chrome.isPresent() && driver.isPresent();
        if (!present) {
            System.out.println("PAGE NOT TESTED: no chromium with chromedriver on the PATH");
        }
        assumeTrue(present, "no chromium with chromedriver on the PATH");
        ChromeDriver browser = start(chrome.get(), driver.get(), profile);
        browser.manage().window().setSize(new Dimension(1280, 1000));
        return browser;
    }

    /** Both programs are named, so that nothing is looked for online. */
    private static ChromeDriver start(File chrome, File driver, Path profile) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chrome);
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run");
        options.addArguments("--disable-background-networking", "--disable-component-update", "--disable-sync");
        options.addArguments("--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + profile);
        return new ChromeDriver(
                new ChromeDriverService.Builder().usingDriverExecutable(driver).build(), options);
    }

    static void keepPicture(ChromeDriver browser, String scheme) throws IOException {
        keepPicture(browser, scheme, scheme);
    }

    static void keepPicture(ChromeDriver browser, String scheme, String name) throws IOException {
        List<?> features = List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"));
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", features));
        Path picture = Path.of("target", "screenshots", name + ".png");
        Files.createDirectories(picture.getParent());
        Files.write(picture, browser.getScreenshotAs(OutputType.BYTES));
    }

    private static Optional<File> onPath(String... names) {
        return Stream.of(names)
                .flatMap(name -> Pattern.compile(File.pathSeparator)
                        .splitAsStream(System.getenv("PATH"))
                        .map(directory -> new File(directory, name)))
                .filter(File::canExecute)
                .findFirst();
    }
}
