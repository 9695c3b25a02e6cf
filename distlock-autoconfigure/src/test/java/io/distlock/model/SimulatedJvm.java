package io.distlock.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.FieldVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.Type;

/**
 * Loads the classes of this project once more, as they were compiled, but for what they ask the JDK for time, chance and
 * threads: that goes to {@code io.distlock.core.SimulatedJdk}. So the core as it is runs on one thread, and a seed says all
 * that happens.
 */
final class SimulatedJvm extends ClassLoader {

    private static final String OURS = "io.distlock.";

    private static final String SIMULATED = "io/distlock/core/SimulatedJdk";

    /** Owner and name of what is static there, and of what becomes so. */
    private static final Map<String, String> CALLS = Map.ofEntries(
            Map.entry("java/lang/System.nanoTime", "()J"),
            Map.entry("java/lang/System.currentTimeMillis", "()J"),
            Map.entry("java/lang/System.getLogger", "(Ljava/lang/String;)Ljava/lang/System$Logger;"),
            Map.entry("java/time/Instant.now", "()Ljava/time/Instant;"),
            Map.entry("java/util/concurrent/ThreadLocalRandom.current", "()Ljava/util/Random;"),
            Map.entry(
                    "java/util/concurrent/Executors.newCachedThreadPool",
                    "(Ljava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ExecutorService;"),
            Map.entry(
                    "java/util/concurrent/CompletableFuture.delayedExecutor",
                    "(JLjava/util/concurrent/TimeUnit;)Ljava/util/concurrent/Executor;"),
            Map.entry("java/util/concurrent/CompletableFuture.join", "()Ljava/lang/Object;"),
            Map.entry("java/util/concurrent/locks/LockSupport.park", "(Ljava/lang/Object;)V"),
            Map.entry("java/util/concurrent/locks/LockSupport.parkNanos", "(Ljava/lang/Object;J)V"),
            Map.entry("java/lang/Runtime.availableProcessors", "()I"),
            Map.entry("java/lang/Thread.yield", "()V"),
            Map.entry("java/lang/Thread.start", "()V"));

    /** By whose place others are taken everywhere. */
    private static final String RANDOM = "java/util/concurrent/ThreadLocalRandom";

    /** In whose place a subclass is made. */
    private static final String POOL = "java/util/concurrent/ThreadPoolExecutor";

    SimulatedJvm() {
        super(SimulatedJvm.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : rewritten(name);
        }
    }

    private Class<?> rewritten(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = name.startsWith(SIMULATED.replace('/', '.')) ? in.readAllBytes() : rewritten(in);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException ex) {
            throw new ClassNotFoundException(name, ex);
        }
    }

    private static byte[] rewritten(InputStream type) throws IOException {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(type).accept(new Rewriting(writer), 0);
        return writer.toByteArray();
    }

    private static boolean isSimulated(String owner, String name, String descriptor) {
        String known = CALLS.get(owner + "." + name);
        return known != null && known.equals(retyped(descriptor));
    }

    private static String retyped(String text) {
        return text.replace(RANDOM, "java/util/Random");
    }

    private static Object retyped(Object constant) {
        if (constant instanceof Type type) {
            return Type.getType(retyped(type.getDescriptor()));
        }
        if (!(constant instanceof Handle handle)) {
            return constant;
        }
        if (isSimulated(handle.getOwner(), handle.getName(), handle.getDesc())) {
            boolean wasStatic = handle.getTag() == Opcodes.H_INVOKESTATIC;
            return new Handle(
                    Opcodes.H_INVOKESTATIC,
                    SIMULATED,
                    handle.getName(),
                    wasStatic ? retyped(handle.getDesc()) : withReceiver(handle.getOwner(), handle.getDesc()),
                    false);
        }
        return new Handle(
                handle.getTag(),
                retyped(handle.getOwner()),
                handle.getName(),
                retyped(handle.getDesc()),
                handle.isInterface());
    }

    private static String withReceiver(String owner, String descriptor) {
        return "(L" + owner + ";" + descriptor.substring(1);
    }

    private static final class Rewriting extends ClassVisitor {

        Rewriting(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
            return super.visitField(access, name, retyped(descriptor), null, value);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            return new RewritingOfMethod(super.visitMethod(access, name, retyped(descriptor), null, exceptions));
        }
    }

    private static final class RewritingOfMethod extends MethodVisitor {

        RewritingOfMethod(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (opcode == Opcodes.INVOKESPECIAL && owner.equals(POOL)) {
                super.visitMethodInsn(opcode, SIMULATED + "$Pool", name, descriptor, isInterface);
            } else if (!isSimulated(owner, name, descriptor)) {
                super.visitMethodInsn(opcode, retyped(owner), name, retyped(descriptor), isInterface);
            } else if (opcode == Opcodes.INVOKESTATIC) {
                super.visitMethodInsn(opcode, SIMULATED, name, retyped(descriptor), false);
            } else {
                super.visitMethodInsn(Opcodes.INVOKESTATIC, SIMULATED, name, withReceiver(owner, descriptor), false);
            }
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            super.visitFieldInsn(opcode, owner, name, retyped(descriptor));
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            boolean pool = opcode == Opcodes.NEW && type.equals(POOL);
            super.visitTypeInsn(opcode, pool ? SIMULATED + "$Pool" : retyped(type));
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            Object[] all = new Object[arguments.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = retyped(arguments[i]);
            }
            super.visitInvokeDynamicInsn(name, retyped(descriptor), bootstrap, all);
        }

        @Override
        public void visitFrame(int type, int locals, Object[] local, int stacked, Object[] stack) {
            super.visitFrame(type, locals, retypedAll(local, locals), stacked, retypedAll(stack, stacked));
        }

        private static Object[] retypedAll(Object[] types, int count) {
            if (types == null) {
                return null;
            }
            Object[] all = types.clone();
            for (int i = 0; i < count; i++) {
                all[i] = all[i] instanceof String name ? retyped(name) : all[i];
            }
            return all;
        }
    }
}
