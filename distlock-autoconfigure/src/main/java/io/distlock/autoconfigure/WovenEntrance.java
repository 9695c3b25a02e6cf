package io.distlock.autoconfigure;

import io.distlock.aspect.DistributedLockAspect;
import io.distlock.aspect.DistributedLockInterceptor;
import org.aspectj.lang.Aspects;
import org.aspectj.lang.NoAspectBoundException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Connects the aspect that AspectJ made with this application's locks, before any bean is made. */
final class WovenEntrance implements BeanFactoryPostProcessor, DisposableBean {

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        aspect().connect(beans.getBean(DistributedLockInterceptor.class));
    }

    @Override
    public void destroy() {
        aspect().connect(null);
    }

    private static DistributedLockAspect aspect() {
        try {
            return Aspects.aspectOf(DistributedLockAspect.class);
        } catch (NoAspectBoundException unwoven) {
            throw new ConfigurationException(
                    "Property 'distlock.aspect.mode' is 'aspectj', but no weaver is at work.",
                    "Start with -javaagent:aspectjweaver.jar and a META-INF/aop.xml that names the aspect "
                            + DistributedLockAspect.class.getName() + ", or remove 'distlock.aspect.mode'.",
                    unwoven);
        }
    }
}
