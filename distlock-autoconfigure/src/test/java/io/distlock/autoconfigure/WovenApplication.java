package io.distlock.autoconfigure;

import io.distlock.Leases;
import io.distlock.annotation.DistributedLock;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Run by {@link WeavingTests} under a weaver; says what it sees. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({DistlockAutoConfiguration.class, DistributedLockAutoConfiguration.class})
@Import({MapDrivers.class, WovenApplication.Shop.class, WovenApplication.Bank.class})
final class WovenApplication {

    public static void main(String... arguments) {
        Shop shop;
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(WovenApplication.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .properties("distlock.driver=map", "distlock.aspect.mode=aspectj", "distlock.wait=0s")
                .run()) {
            shop = context.getBean(Shop.class);
            say("through the bean", shop.open());
            say("from the same object", shop.openItself());
            say("private", shop.openSafe());
            say("by class", context.getBean(Bank.class).count());
            say("text of an object", context.getBean(Bank.class).toString());
            say("entered again", shop.openTwice());
            say("twice", shop.openBoth());
            say("static", Shop.openVault());
            say("held afterwards", context.getBean(MapDrivers.class).tokens.toString());
        }
        try {
            shop.open();
        } catch (IllegalStateException refused) {
            say("after the end", refused.getMessage().replaceFirst(".*\\) ", ""));
        }
    }

    private static void say(String what, String seen) {
        System.out.println(what + ": " + seen);
    }

    private static String current() {
        return Leases.current().map(lease -> lease.keys().toString()).orElse("free");
    }

    static class Shop {

        @DistributedLock("door")
        String open() {
            return current();
        }

        String openItself() {
            return open();
        }

        @DistributedLock("safe")
        private String safe() {
            return current();
        }

        String openSafe() {
            return safe();
        }

        @DistributedLock("door")
        String openTwice() {
            long outer = Leases.current().orElseThrow().fencingToken();
            return open().equals("[door]") && Leases.current().orElseThrow().fencingToken() == outer
                    ? "1 lease"
                    : "2 leases";
        }

        @DistributedLock("door")
        @DistributedLock("window")
        String openBoth() {
            return "[door]".equals(Leases.requireHeld("door").keys().toString()) ? current() : "door is free";
        }

        @DistributedLock("vault")
        static String openVault() {
            return current();
        }
    }

    @DistributedLock
    static class Bank {

        public String count() {
            return current();
        }

        @Override
        public String toString() {
            return current();
        }
    }
}
