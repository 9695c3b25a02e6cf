package io.distlock;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.core.annotation.AliasFor;

/** The plan of the house: which room may import which, and what must not be found in them. */
class ArchitectureTests {

    private static final String API = "io.distlock";

    /** Room → the rooms of ours that it may import. Nobody imports {@code autoconfigure}; it may import everything. */
    private static final Map<String, Set<String>> PLAN = Map.ofEntries(
            Map.entry(API, Set.of()),
            Map.entry(room("annotation"), Set.of(API)),
            Map.entry(room("aspect"), Set.of(API, room("annotation"))),
            Map.entry(room("core"), Set.of(API, room("driver"))),
            Map.entry(room("driver"), Set.of()),
            Map.entry(room("memory"), Set.of(room("driver"))),
            Map.entry(room("redis"), Set.of(room("driver"))),
            Map.entry(room("quorum"), Set.of(room("driver"))),
            Map.entry(room("fence"), Set.of(API)),
            Map.entry(room("observe"), Set.of(API)),
            Map.entry(room("actuate"), Set.of(API)),
            Map.entry(room("test"), Set.of(API, room("core"), room("driver"), room("memory"))));

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(API);

    private static final DescribedPredicate<JavaMethodCall> ON_A_DEFAULT_EXECUTOR = DescribedPredicate.describe(
            "a future's default executor runs it",
            call -> call.getTargetOwner().isAssignableTo(CompletionStage.class)
                    && (call.getName().endsWith("Async") || call.getName().equals("delayedExecutor"))
                    && call.getTarget().getRawParameterTypes().stream()
                            .noneMatch(type -> type.isEquivalentTo(Executor.class)));

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomImportsOnlyWhatThePlanSays(String room) {
        Set<String> open = new TreeSet<>(PLAN.get(room));
        open.add(room);
        noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat(
                        resideInAPackage(API + "..").and(not(resideInAnyPackage(open.toArray(String[]::new)))))
                .because("the plan opens only " + open)
                .allowEmptyShould(true)
                .check(HOUSE);
    }

    @ParameterizedTest
    @ValueSource(strings = {API, API + ".core", API + ".driver"})
    void apiCoreAndDriverKnowOnlyTheJdkAndJSpecify(String room) {
        classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify.annotations", API + ".."))
                .check(HOUSE);
    }

    @Test
    void annotationsKnowOneThingOfSpring() {
        classes()
                .that()
                .resideInAPackage(room("annotation"))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify.annotations", API + "..")
                        .or(JavaClass.Predicates.equivalentTo(AliasFor.class)))
                .check(HOUSE);
    }

    @Test
    void everyRoomIsOnThePlan() {
        Set<String> known = new TreeSet<>(PLAN.keySet());
        known.add(room("autoconfigure"));
        assertThat(HOUSE).isNotEmpty().extracting(JavaClass::getPackageName).isSubsetOf(known);
    }

    @Test
    void noRoomsImportEachOtherInACircle() {
        SlicesRuleDefinition.slices()
                .assignedFrom(new ByPackage())
                .should()
                .beFreeOfCycles()
                .check(HOUSE);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(HOUSE.stream().map(JavaClass::getPackage).distinct())
                .allMatch(javaPackage -> javaPackage.isAnnotatedWith(NullMarked.class))
                .extracting(JavaPackage::getName)
                .contains(API);
    }

    @Test
    void coreAndRedisNeverHoldAMonitor() {
        assertThat(HOUSE.stream()
                        .filter(resideInAnyPackage(API + ".core..", API + ".redis.."))
                        .flatMap(type ->
                                monitorsIn(type.getSource().orElseThrow().getUri())))
                .as("a virtual thread that waits inside a monitor pins its carrier: use a lock")
                .isEmpty();
    }

    @Test
    void nothingRunsInTheCommonPool() {
        noClasses()
                .should()
                .callMethodWhere(ON_A_DEFAULT_EXECUTOR)
                .because("the common pool is the application's, whose tasks there may all be waiting for a lock")
                .check(HOUSE);
    }

    @Test
    void theSearchForMonitorsFindsBothKinds() {
        JavaClass guilty = new ClassFileImporter().importClass(Monitors.class);
        assertThat(monitorsIn(guilty.getSource().orElseThrow().getUri()))
                .containsExactlyInAnyOrder(
                        "io/distlock/ArchitectureTests$Monitors.method is synchronized",
                        "io/distlock/ArchitectureTests$Monitors.block has a synchronized block");
    }

    private static Stream<String> rooms() {
        return PLAN.keySet().stream().sorted();
    }

    private static String room(String name) {
        return API + "." + name;
    }

    /** ArchUnit sees the modifier of a method but not the blocks inside it, so the byte code is read. */
    private static Stream<String> monitorsIn(URI classFile) {
        MonitorSearch search = new MonitorSearch();
        try (InputStream in = classFile.toURL().openStream()) {
            new ClassReader(in).accept(search, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return search.found.stream();
    }

    private static final class MonitorSearch extends ClassVisitor {

        private final List<String> found = new ArrayList<>();

        private String type = "";

        MonitorSearch() {
            super(Opcodes.ASM9);
        }

        @Override
        public void visit(
                int version,
                int access,
                String name,
                @Nullable String signature,
                @Nullable String superName,
                String @Nullable [] interfaces) {
            this.type = name;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            String method = this.type + "." + name;
            if ((access & Opcodes.ACC_SYNCHRONIZED) != 0) {
                this.found.add(method + " is synchronized");
            }
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public void visitInsn(int opcode) {
                    if (opcode == Opcodes.MONITORENTER) {
                        MonitorSearch.this.found.add(method + " has a synchronized block");
                    }
                }
            };
        }
    }

    private static final class ByPackage implements SliceAssignment {

        @Override
        public String getDescription() {
            return "rooms";
        }

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }
    }

    @SuppressWarnings("unused")
    private static final class Monitors {

        private int count;

        synchronized void method() {
            this.count++;
        }

        void block() {
            synchronized (this) {
                this.count++;
            }
        }
    }
}
