package io.distlock.autoconfigure;

import io.distlock.LeaseScope;
import io.distlock.Locker;
import io.distlock.core.DistributedLocker;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * One bean for each entry below {@code distlock.lockers}, found by its qualifier only, so that the default locker stays
 * the one that is meant where none is named. A locker that the application defines under the same name wins.
 */
final class NamedLockersRegistrar implements ImportBeanDefinitionRegistrar {

    private static final Log LOGGER = LogFactory.getLog(NamedLockersRegistrar.class);

    private final Environment environment;

    private final ListableBeanFactory beans;

    NamedLockersRegistrar(Environment environment, BeanFactory beans) {
        this.environment = environment;
        this.beans = (ListableBeanFactory) beans;
    }

    /** Named so that nobody else's bean has the name. */
    static String beanName(String locker) {
        return LockersProperties.PATH + "." + locker;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        for (String name : names()) {
            if (name.equals(LeaseScope.DEFAULT_LOCKER)) {
                throw new ConfigurationException(
                        "'distlock.lockers' has an entry '" + name + "', which is the name of the locker that is"
                                + " configured directly below 'distlock'.",
                        "Move it there, or give it another name.");
            }
            if (isDefinedInCode(name)) {
                LOGGER.info("'" + beanName(name) + "' is not used, since the application defines a locker '" + name
                        + "' itself");
            } else {
                registry.registerBeanDefinition(beanName(name), definition(name));
            }
        }
    }

    private Set<String> names() {
        return Binder.get(this.environment)
                .bind(LockersProperties.PATH, Bindable.mapOf(String.class, Object.class))
                .map(Map::keySet)
                .orElse(Set.of());
    }

    private boolean isDefinedInCode(String name) {
        return Arrays.asList(this.beans.getBeanNamesForType(Locker.class, true, false))
                .contains(name);
    }

    private static RootBeanDefinition definition(String name) {
        RootBeanDefinition locker = new RootBeanDefinition(DistributedLocker.class);
        locker.setFactoryBeanName("lockerMaker");
        locker.setFactoryMethodName("named");
        locker.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        locker.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        locker.setDefaultCandidate(false);
        return locker;
    }
}
