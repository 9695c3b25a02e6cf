package io.distlock.faults;

import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisConversation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** What happens to a Redis, to the way there, or to a process that locks; it is over when the method returns. */
enum Harm {
    NOTHING(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            pause(scene.ttl());
        }
    },

    /** All processors of the machine have other work. */
    LOAD(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            AtomicBoolean over = new AtomicBoolean();
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                Thread busy = new Thread(() -> {
                    while (!over.get()) {
                        Thread.onSpinWait();
                    }
                });
                busy.setDaemon(true);
                busy.start();
            }
            pause(scene.ttl().multipliedBy(2));
            over.set(true);
        }
    },

    REDIS_KILLED_AND_EMPTY(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.redis().kill();
            scene.history().dataLost(System.currentTimeMillis() * 1000);
            scene.redis().restart();
        }
    },

    REDIS_FROZEN(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.redis().pause();
            pause(scene.ttl().multipliedBy(2));
            scene.redis().resume();
        }
    },

    REDIS_BLINKED(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            scene.redis().pause();
            pause(scene.ttl().dividedBy(3));
            scene.redis().resume();
        }
    },

    /** The one that writes under a lock just now, and goes on writing when it wakes. */
    WORKER_FROZEN(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            WaiterProcess worker = scene.workers().writing();
            worker.freeze();
            pause(scene.ttl().multipliedBy(2));
            worker.thaw();
        }
    },

    WORKER_BLINKED(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            WaiterProcess worker = scene.workers().first();
            worker.freeze();
            pause(scene.ttl().dividedBy(3));
            worker.thaw();
        }
    },

    WORKER_KILLED(Cost.SOME_LOCKS) {
        @Override
        void happen(Scene scene) {
            long killed = scene.workers().killFirst();
            scene.workers().awaitTurnsOfOthers(killed, scene.ttl().plusMillis(250));
            scene.workers().startFirst();
        }
    },

    /** The same threads take the same locks again at once, while answers of earlier renewals are still under way. */
    RELOCKED(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            scene.cable().delay(Math.min(scene.ttl().toMillis() / 30, 50)); // each locks and unlocks 45 times
            scene.workers().relock(scene.ttl());
            scene.cable().heal();
        }
    },

    NET_CUT(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            for (int i = 0; i < 5; i++) {
                scene.cable().cut();
                pause(scene.ttl().dividedBy(3));
            }
        }
    },

    NET_BLACK_HOLE(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.cable().holdUp();
            pause(scene.ttl().multipliedBy(2));
            scene.cable().heal();
        }
    },

    NET_REPLIES_LOST(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.cable().loseReplies();
            pause(scene.ttl().multipliedBy(2));
            scene.cable().heal();
        }
    },

    /** Answers come a seventh of the ttl later. */
    NET_DELAYED(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            scene.cable().delay(scene.ttl().toMillis() / 14);
            pause(scene.ttl().multipliedBy(2));
            scene.cable().heal();
        }
    },

    /** Answers come a ttl later. */
    NET_LATE(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.cable().delay(scene.ttl().toMillis() / 2);
            pause(scene.ttl().multipliedBy(2));
            scene.cable().heal();
        }
    },

    NET_FORGOTTEN(Cost.SOME_LOCKS) {
        @Override
        void happen(Scene scene) {
            scene.cable().forget();
        }
    },

    ALL_DELETED(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.history().dataLost(scene.atOnce("redis.call('flushall')"));
        }
    },

    LOCK_DELETED(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.history().dataLost(scene.atOnce("redis.call('del', unpack(KEYS))"), Scene.SHORN);
        }
    },

    SCRIPTS_FORGOTTEN(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            for (int i = 0; i < 5; i++) {
                scene.redis().call("SCRIPT", "FLUSH");
                pause(scene.ttl().dividedBy(10));
            }
        }
    },

    COMMANDS_KILLED(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            for (int i = 0; i < 5; i++) {
                scene.redis().call("CLIENT", "KILL", "TYPE", "normal");
                pause(scene.ttl().dividedBy(3));
            }
        }
    },

    MESSAGES_KILLED(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            for (int i = 0; i < 5; i++) {
                scene.redis().call("CLIENT", "KILL", "TYPE", "pubsub");
                pause(scene.ttl().dividedBy(10));
            }
        }
    },

    OUT_OF_MEMORY(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            scene.redis().call("CONFIG", "SET", "maxmemory", "1");
            pause(scene.ttl());
            scene.redis().call("CONFIG", "SET", "maxmemory", "0");
        }
    },

    BUSY_SCRIPT(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            // by the name that Redis 6.2 knows, too
            scene.redis().call("CONFIG", "SET", "lua-time-limit", "100");
            try (RedisConversation busy = scene.redis().connect()) {
                busy.send("EVAL", "while true do end", "0");
                pause(scene.ttl().multipliedBy(2));
                scene.redis().call("SCRIPT", "KILL");
            }
        }
    },

    FOREIGN_TYPE(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.history()
                    .dataLost(
                            scene.atOnce("redis.call('del', unpack(KEYS))"
                                    + " for _, key in ipairs(KEYS) do redis.call('rpush', key, 'x') end"),
                            Scene.SHORN);
            pause(scene.ttl());
            scene.atOnce("redis.call('del', unpack(KEYS))");
        }
    },

    SCRIPTS_FORBIDDEN(Cost.EVERY_LOCK) {
        @Override
        void happen(Scene scene) {
            scene.redis().call("ACL", "SETUSER", "default", "-evalsha", "-eval");
            pause(scene.ttl().multipliedBy(2));
            scene.redis().call("ACL", "SETUSER", "default", "+@all");
        }
    },

    MESSAGES_FORBIDDEN(Cost.NONE) {
        @Override
        void happen(Scene scene) {
            scene.redis().call("ACL", "SETUSER", "default", "-publish", "-subscribe");
            scene.redis().call("CLIENT", "KILL", "TYPE", "pubsub");
            pause(scene.ttl());
            scene.redis().call("ACL", "SETUSER", "default", "+@all");
        }
    };

    private enum Cost {
        /** The key and a third of the lease are left alone. */
        NONE,
        SOME_LOCKS,
        /** Whoever writes under a lock, and does not ask whether it still holds it, is overtaken by the next. */
        EVERY_LOCK
    }

    private final Cost cost;

    Harm(Cost cost) {
        this.cost = cost;
    }

    abstract void happen(Scene scene);

    /** Whether it leaves the key and a third of the lease alone, so that it may cost no lock. */
    boolean isHarmless() {
        return this.cost == Cost.NONE;
    }

    /** Whether whoever writes under a lock while it happens must lose it. */
    boolean costsEveryLock() {
        return this.cost == Cost.EVERY_LOCK;
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

    /**
     * @param redis where the locks are
     * @param cable over which everybody goes there
     * @param workers who lock
     * @param history of this harm
     */
    record Scene(PrivateRedis redis, Cable cable, Workers workers, History history, Duration ttl) {

        /** What all want. */
        static final String KEY = "orders";

        /** Under which one writes, the others wait for, and nobody asks whether it is still held. */
        static final String GUARDED = "guarded";

        /** What is taken away where single locks are: some of each kind. */
        static final List<String> SHORN = List.of(KEY, GUARDED, "kept-0", "kept-1");

        /** Does it and looks at the server's clock in one step, so that no grant can come between. */
        long atOnce(String change) {
            List<String> eval = new ArrayList<>(List.of(
                    "EVAL",
                    Ownership.BY_THE_TEST + " local t = redis.call('time') " + change + " return t[1] * 1000000 + t[2]",
                    String.valueOf(SHORN.size())));
            SHORN.forEach(key -> eval.add("distlock:" + key));
            try (RedisConversation admin = this.redis.connect()) {
                return (Long) admin.call(eval.toArray(String[]::new));
            }
        }
    }
}
