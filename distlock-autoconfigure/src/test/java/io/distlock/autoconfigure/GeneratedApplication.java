package io.distlock.autoconfigure;

import io.distlock.Lease;
import io.distlock.Lockers;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.BeanUtils;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** An application that starts from generated code, in a process whose class path has it; says which locks it took. */
final class GeneratedApplication {

    private GeneratedApplication() {}

    /** @param arguments the generated initializer */
    @SuppressWarnings("unchecked")
    public static void main(String[] arguments) throws ClassNotFoundException {
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            ((ApplicationContextInitializer<GenericApplicationContext>)
                            BeanUtils.instantiateClass(Class.forName(arguments[0])))
                    .initialize(context);
            context.refresh();
            Lockers lockers = context.getBean(Lockers.class);
            List<String> taken = new ArrayList<>();
            for (String name : lockers.names()) {
                try (Lease lease = lockers.get(name).acquire("k")) {
                    taken.add(name + " for "
                            + lease.ttl().orElseThrow().plusMillis(500).toSeconds() + " s");
                }
            }
            System.out.println("took " + taken);
        }
    }
}
