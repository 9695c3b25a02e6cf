package io.distlock.core;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a locker remembers of keys, whatever it keeps it in. */
final class KeyLines {

    private static final Field DESK = field(DistributedLocker.class, "desk");

    private static final List<Field> MAPS = maps();

    private KeyLines() {}

    private static List<Field> maps() {
        List<Field> maps = new ArrayList<>();
        for (Field field : LinesHere.class.getDeclaredFields()) {
            if (Map.class.isAssignableFrom(field.getType())) {
                maps.add(field(LinesHere.class, field.getName()));
            }
        }
        return maps;
    }

    private static Field field(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException ex) {
            throw new IllegalStateException(ex);
        }
    }

    static List<Object> of(DistributedLocker locker) {
        try {
            return of((Desk) DESK.get(locker));
        } catch (IllegalAccessException ex) {
            throw new IllegalStateException(ex);
        }
    }

    static boolean isAnyHeld(Desk desk) {
        return !desk.here().held().isEmpty();
    }

    static boolean isEmpty(Desk desk) {
        return of(desk).isEmpty();
    }

    static List<Object> of(Desk desk) {
        List<Object> found = new ArrayList<>();
        for (Field map : MAPS) {
            try {
                found.addAll(((Map<?, ?>) map.get(desk.here())).keySet());
            } catch (IllegalAccessException ex) {
                throw new IllegalStateException(ex);
            }
        }
        return found;
    }
}
