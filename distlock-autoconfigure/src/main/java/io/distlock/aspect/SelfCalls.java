package io.distlock.aspect;

import aj.org.objectweb.asm.ClassReader;
import aj.org.objectweb.asm.ClassVisitor;
import aj.org.objectweb.asm.Handle;
import aj.org.objectweb.asm.Label;
import aj.org.objectweb.asm.MethodVisitor;
import aj.org.objectweb.asm.Opcodes;
import aj.org.objectweb.asm.Type;
import aj.org.objectweb.asm.commons.AnalyzerAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * Reads in the byte code of a class, and of those above it, which methods are called on {@code this}, directly, in a
 * lambda or as {@code this::method}. What goes through a variable or a field is not seen.
 */
final class SelfCalls extends ClassVisitor {

    private final List<SelfCall> found = new ArrayList<>();

    private String owner = "";

    private SelfCalls() {
        super(Opcodes.ASM9);
    }

    /** None where there is no class file, or one that is too new to be read. */
    static List<SelfCall> in(Class<?> type) {
        SelfCalls search = new SelfCalls();
        for (Class<?> one = type; one != null && one != Object.class; one = one.getSuperclass()) {
            try (InputStream file = one.getResourceAsStream(ClassUtils.getClassFileName(one))) {
                if (file != null) {
                    new ClassReader(file).accept(search, ClassReader.SKIP_DEBUG | ClassReader.EXPAND_FRAMES);
                }
            } catch (IOException | IllegalArgumentException unreadable) {
                return List.of();
            }
        }
        return search.found;
    }

    @Override
    public void visit(
            int version,
            int access,
            String name,
            @Nullable String signature,
            @Nullable String superName,
            String @Nullable [] interfaces) {
        this.owner = name;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        return (access & (Opcodes.ACC_STATIC | Opcodes.ACC_BRIDGE)) == 0 && !name.equals("<init>")
                ? new Search(access, name, descriptor)
                : null;
    }

    /**
     * @param caller the method whose source holds the call
     * @param callee name of the called one
     * @param descriptor of the called one
     */
    record SelfCall(String caller, String callee, String descriptor) {}

    /** Knows at every instruction where on the stack {@code this} is. */
    private final class Search extends AnalyzerAdapter {

        private static final Object THIS = new Object();

        private final String caller;

        private final Map<Label, List<Integer>> jumps = new HashMap<>();

        private @Nullable List<Integer> arriving;

        Search(int access, String name, String descriptor) {
            super(Opcodes.ASM9, SelfCalls.this.owner, access, name, descriptor, null);
            this.caller = name.startsWith("lambda$") ? name.split("\\$", -1)[1] : name;
            this.locals.set(0, THIS);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean ofInterface) {
            if (opcode == Opcodes.INVOKEVIRTUAL || opcode == Opcodes.INVOKEINTERFACE) {
                find(Type.getArgumentsAndReturnSizes(descriptor) >> 2, name, descriptor);
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, ofInterface);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            for (Object argument : arguments) {
                if (argument instanceof Handle handle
                        && (handle.getTag() == Opcodes.H_INVOKEVIRTUAL
                                || handle.getTag() == Opcodes.H_INVOKEINTERFACE)) {
                    find((Type.getArgumentsAndReturnSizes(descriptor) >> 2) - 1, handle.getName(), handle.getDesc());
                }
            }
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }

        /** @param depth at which the receiver lies on the stack */
        private void find(int depth, String name, String descriptor) {
            if (this.stack != null
                    && depth > 0
                    && depth <= this.stack.size()
                    && this.stack.get(this.stack.size() - depth) == THIS) {
                SelfCalls.this.found.add(new SelfCall(this.caller, name, descriptor));
            }
        }

        @Override
        public void visitJumpInsn(int opcode, Label target) {
            super.visitJumpInsn(opcode, target);
            List<Integer> before = places();
            if (before != null) {
                this.jumps.put(target, before);
            }
        }

        @Override
        public void visitLabel(Label label) {
            super.visitLabel(label);
            List<Integer> fallenThrough = places();
            this.arriving = fallenThrough != null ? fallenThrough : this.jumps.get(label);
        }

        /** A frame says of which type everything is, and not what is {@code this}. */
        @Override
        public void visitFrame(
                int type, int localCount, Object @Nullable [] local, int stackCount, Object @Nullable [] stack) {
            super.visitFrame(type, localCount, local, stackCount, stack);
            this.locals.set(0, THIS);
            if (this.arriving != null) {
                this.arriving.stream()
                        .filter(place -> place < this.stack.size())
                        .forEach(place -> this.stack.set(place, THIS));
            }
        }

        private @Nullable List<Integer> places() {
            return this.stack == null
                    ? null
                    : IntStream.range(0, this.stack.size())
                            .filter(place -> this.stack.get(place) == THIS)
                            .boxed()
                            .toList();
        }
    }
}
