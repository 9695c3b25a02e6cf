package io.distlock.autoconfigure;

import io.distlock.LeaseScope;
import io.distlock.Locker;
import io.distlock.Lockers;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The locker beans of the application: those that are configured by their names, those that it defines itself by the names
 * of their beans, and as the default one what is injected where none is named.
 */
final class BeanLockers implements Lockers {

    private final ListableBeanFactory beans;

    BeanLockers(ListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public Locker get(String name) {
        Locker locker = all().get(name);
        if (locker == null) {
            throw new IllegalArgumentException(
                    "There is no locker '" + name + "'; there is " + String.join(", ", names()));
        }
        return locker;
    }

    @Override
    public Set<String> names() {
        return new TreeSet<>(all().keySet());
    }

    private Map<String, Locker> all() {
        Map<String, Locker> all = new TreeMap<>();
        Locker unnamed = this.beans.getBeanProvider(Locker.class).getIfUnique();
        this.beans.getBeansOfType(Locker.class).forEach((bean, locker) -> {
            if (locker != unnamed) {
                all.put(name(bean), locker);
            }
        });
        if (unnamed != null) {
            all.put(LeaseScope.DEFAULT_LOCKER, unnamed);
        }
        return all;
    }

    /** The name of the locker that a bean is. */
    static String name(String bean) {
        String path = NamedLockersRegistrar.beanName("");
        return bean.startsWith(path) ? bean.substring(path.length()) : bean;
    }
}
