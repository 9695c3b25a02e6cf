package io.distlock.autoconfigure;

import io.distlock.driver.DriverSettings;
import io.distlock.driver.LockDriver;
import io.distlock.driver.LockDriverFactory;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.util.ClassUtils;

/**
 * The driver that was asked for, or the reason why there is none. Never another one.
 *
 * @param path below which the locker is configured
 * @param available one per driver whose requirements the application meets
 */
record LockDriverChoice(String path, List<LockDriverFactory> available) {

    private static final String CONNECTION_FACTORY = "org.springframework.data.redis.connection.RedisConnectionFactory";

    LockDriver make(String name, DriverSettings settings) {
        LockDriverFactory factory = this.available.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> name.equals("redis") ? noRedis() : unknown(name));
        try {
            return factory.create(settings);
        } catch (NoUniqueBeanDefinitionException several) {
            throw new ConfigurationException(
                    "Lock driver '" + name + "' finds several connection factories: " + names(several)
                            + ", and none is named or primary.",
                    "Name one with '" + this.path + ".connection-factory', or mark one with @Primary.",
                    several);
        } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException wrong) {
            throw new ConfigurationException(
                    "Property '" + this.path + ".connection-factory' is '"
                            + settings.connectionFactory().orElse("") + "', which is no connection factory: "
                            + wrong.getMessage() + ".",
                    nameAnother(),
                    wrong);
        } catch (IllegalArgumentException unusable) {
            throw new ConfigurationException(
                    "Lock driver '" + name + "' cannot be made: " + unusable.getMessage() + ".",
                    settings.nodes().addresses().isEmpty() ? nameAnother() : "Mend '" + this.path + ".nodes'.",
                    unusable);
        }
    }

    private ConfigurationException noRedis() {
        boolean onClassPath = ClassUtils.isPresent(CONNECTION_FACTORY, null);
        return new ConfigurationException(
                "Lock driver 'redis' is not available: "
                        + (onClassPath
                                ? "there is no RedisConnectionFactory bean."
                                : "Spring Data Redis is not on the class path."),
                (onClassPath
                                ? "Let DataRedisAutoConfiguration make one (is it excluded?), or define one"
                                : "Add org.springframework.boot:spring-boot-starter-data-redis")
                        + orChooseAnother());
    }

    private ConfigurationException unknown(String name) {
        return new ConfigurationException(
                "Property '" + this.path + ".driver' is '" + name + "', and there is no such lock driver.",
                this.available.isEmpty()
                        ? "Add what the driver needs; none is available now."
                        : "Set '" + this.path + ".driver' to one that is available: " + names() + ".");
    }

    private String nameAnother() {
        return "Name a usable one with '" + this.path + ".connection-factory'.";
    }

    private String orChooseAnother() {
        return this.available.isEmpty()
                ? "."
                : "; or set '" + this.path + ".driver' to one that is available: " + names() + ".";
    }

    private String names() {
        return this.available.stream().map(LockDriverFactory::name).sorted().collect(Collectors.joining(", "));
    }

    private static String names(NoUniqueBeanDefinitionException several) {
        return several.getBeanNamesFound() == null ? "" : String.join(", ", several.getBeanNamesFound());
    }
}
