package io.distlock.faults;

import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisConversation;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What happens to a Redis, to the way there, or to a process that locks; it is over when the method returns. */
enum Harm {
    NOTHING(true) {
        @Override
        void happen(Scene scene) {
            pause(scene.ttl());
        }
    },

    REDIS_KILLED_AND_EMPTY(false) {
        @Override
        void happen(Scene scene) {
            scene.redis().kill();
            scene.history().dataLost(System.currentTimeMillis() * 1000);
            scene.redis().restart();
        }
    },

    REDIS_FROZEN(false) {
        @Override
        void happen(Scene scene) {
            scene.redis().pause();
            pause(scene.ttl().multipliedBy(2));
            scene.redis().resume();
        }
    },

    REDIS_BLINKED(true) {
        @Override
        void happen(Scene scene) {
            scene.redis().pause();
            pause(scene.ttl().dividedBy(7));
            scene.redis().resume();
        }
    },

    WORKER_FROZEN(false) {
        @Override
        void happen(Scene scene) {
            scene.worker().freeze();
            pause(scene.ttl().multipliedBy(2));
            scene.worker().thaw();
        }
    },

    WORKER_BLINKED(true) {
        @Override
        void happen(Scene scene) {
            scene.worker().freeze();
            pause(scene.ttl().dividedBy(7));
            scene.worker().thaw();
        }
    },

    NET_CUT(true) {
        @Override
        void happen(Scene scene) {
            for (int i = 0; i < 5; i++) {
                scene.cable().cut();
                pause(scene.ttl().dividedBy(3));
            }
        }
    },

    NET_BLACK_HOLE(false) {
        @Override
        void happen(Scene scene) {
            scene.cable().holdUp();
            pause(scene.ttl().multipliedBy(2));
            scene.cable().heal();
        }
    },

    NET_REPLIES_LOST(false) {
        @Override
        void happen(Scene scene) {
            scene.cable().loseReplies();
            pause(scene.ttl().multipliedBy(2));
            scene.cable().heal();
        }
    },

    NET_DELAYED(true) {
        @Override
        void happen(Scene scene) {
            scene.cable().delay(scene.ttl().toMillis() / 30);
            pause(scene.ttl().multipliedBy(2));
            scene.cable().heal();
        }
    },

    NET_LATE(false) {
        @Override
        void happen(Scene scene) {
            scene.cable().delay(scene.ttl().toMillis() / 2);
            pause(scene.ttl().multipliedBy(2));
            scene.cable().heal();
        }
    },

    NET_FORGOTTEN(false) {
        @Override
        void happen(Scene scene) {
            scene.cable().forget();
        }
    },

    ALL_DELETED(false) {
        @Override
        void happen(Scene scene) {
            lose(scene, "FLUSHALL");
        }
    },

    LOCK_DELETED(false) {
        @Override
        void happen(Scene scene) {
            lose(scene, "DEL", Scene.LOCK);
        }
    },

    SCRIPTS_FORGOTTEN(true) {
        @Override
        void happen(Scene scene) {
            for (int i = 0; i < 5; i++) {
                scene.redis().call("SCRIPT", "FLUSH");
                pause(scene.ttl().dividedBy(10));
            }
        }
    },

    COMMANDS_KILLED(true) {
        @Override
        void happen(Scene scene) {
            for (int i = 0; i < 5; i++) {
                scene.redis().call("CLIENT", "KILL", "TYPE", "normal");
                pause(scene.ttl().dividedBy(3));
            }
        }
    },

    MESSAGES_KILLED(true) {
        @Override
        void happen(Scene scene) {
            for (int i = 0; i < 5; i++) {
                scene.redis().call("CLIENT", "KILL", "TYPE", "pubsub");
                pause(scene.ttl().dividedBy(10));
            }
        }
    },

    OUT_OF_MEMORY(true) {
        @Override
        void happen(Scene scene) {
            scene.redis().call("CONFIG", "SET", "maxmemory", "1");
            pause(scene.ttl());
            scene.redis().call("CONFIG", "SET", "maxmemory", "0");
        }
    },

    BUSY_SCRIPT(false) {
        @Override
        void happen(Scene scene) {
            scene.redis().call("CONFIG", "SET", "busy-reply-threshold", "100");
            try (RedisConversation busy = scene.redis().connect()) {
                busy.send("EVAL", "while true do end", "0");
                pause(scene.ttl().multipliedBy(2));
                scene.redis().call("SCRIPT", "KILL");
            }
        }
    },

    FOREIGN_TYPE(false) {
        @Override
        void happen(Scene scene) {
            try (RedisConversation admin = scene.redis().connect()) {
                scene.history().dataLost((Long) admin.call(
                        "EVAL",
                        "local t = redis.call('time') redis.call('del', KEYS[1])"
                                + " redis.call('rpush', KEYS[1], 'x') return t[1] * 1000000 + t[2]",
                        "1",
                        Scene.LOCK));
                pause(scene.ttl());
                admin.call("DEL", Scene.LOCK);
            }
        }
    },

    SCRIPTS_FORBIDDEN(false) {
        @Override
        void happen(Scene scene) {
            scene.redis().call("ACL", "SETUSER", "default", "-evalsha", "-eval");
            pause(scene.ttl().multipliedBy(2));
            scene.redis().call("ACL", "SETUSER", "default", "+@all");
        }
    },

    MESSAGES_FORBIDDEN(true) {
        @Override
        void happen(Scene scene) {
            scene.redis().call("ACL", "SETUSER", "default", "-publish", "-subscribe");
            scene.redis().call("CLIENT", "KILL", "TYPE", "pubsub");
            pause(scene.ttl());
            scene.redis().call("ACL", "SETUSER", "default", "+@all");
        }
    };

    private final boolean harmless;

    Harm(boolean harmless) {
        this.harmless = harmless;
    }

    abstract void happen(Scene scene);

    /** Whether it leaves the key and a third of the lease alone, so that it may cost no lock. */
    boolean isHarmless() {
        return this.harmless;
    }

    /** Whether it takes locks away from a Redis that answers, so that the next renewal tells. */
    boolean leavesRedisThere() {
        return this == ALL_DELETED || this == LOCK_DELETED || this == FOREIGN_TYPE;
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Does it and looks at the server's clock in one step, so that no grant can come between. */
    private static void lose(Scene scene, String... command) {
        String script = "local t = redis.call('time') redis.call(unpack(ARGV)) return t[1] * 1000000 + t[2]";
        try (RedisConversation admin = scene.redis().connect()) {
            String[] eval = new String[command.length + 3];
            eval[0] = "EVAL";
            eval[1] = script;
            eval[2] = "0";
            System.arraycopy(command, 0, eval, 3, command.length);
            scene.history().dataLost((Long) admin.call(eval));
        }
    }

    /**
     * @param redis where the locks are
     * @param cable over which everybody goes there
     * @param worker one of those who lock, who is harmed where one is
     * @param history of this harm
     */
    record Scene(PrivateRedis redis, Cable cable, WaiterProcess worker, History history, Duration ttl) {

        static final String KEY = "orders";

        static final String LOCK = "distlock:" + KEY;
    }
}
