package io.distlock.faults;

import io.distlock.testredis.PrivateRedis;
import io.distlock.testredis.RedisConversation;
import java.util.concurrent.locks.LockSupport;

/** What can happen to a Redis, or be done to it, while others lock. */
enum Fault {
    MESSAGES_CUT {
        @Override
        void happen(PrivateRedis redis, History history) {
            redis.call("CLIENT", "KILL", "TYPE", "pubsub");
        }
    },

    COMMANDS_CUT {
        @Override
        void happen(PrivateRedis redis, History history) {
            redis.call("CLIENT", "KILL", "TYPE", "normal");
        }
    },

    ALL_CUT {
        @Override
        void happen(PrivateRedis redis, History history) {
            COMMANDS_CUT.happen(redis, history);
            MESSAGES_CUT.happen(redis, history);
        }
    },

    SCRIPTS_FORGOTTEN {
        @Override
        void happen(PrivateRedis redis, History history) {
            redis.call("SCRIPT", "FLUSH");
        }
    },

    LOCK_DELETED {
        @Override
        void happen(PrivateRedis redis, History history) {
            lose(redis, history, "DEL", "distlock:orders", "distlock:kept");
        }
    },

    ALL_DELETED {
        @Override
        void happen(PrivateRedis redis, History history) {
            lose(redis, history, "FLUSHALL");
        }
    },

    RESTARTED_EMPTY {
        @Override
        void happen(PrivateRedis redis, History history) {
            redis.kill();
            history.dataLost(System.currentTimeMillis() * 1000);
            redis.restart();
        }
    },

    PAUSED_BRIEFLY {
        @Override
        void happen(PrivateRedis redis, History history) {
            redis.pause();
            LockSupport.parkNanos(150_000_000);
            redis.resume();
        }
    };

    abstract void happen(PrivateRedis redis, History history);

    /** Whether it takes locks away from a Redis that answers, so that the next renewal tells. */
    boolean leavesRedisThere() {
        return this == LOCK_DELETED || this == ALL_DELETED;
    }

    /** Does it and looks at the server's clock in one step, so that no grant can come between. */
    private static void lose(PrivateRedis redis, History history, String... command) {
        String script = "local t = redis.call('time') redis.call(unpack(ARGV)) return t[1] * 1000000 + t[2]";
        try (RedisConversation admin = redis.connect()) {
            String[] eval = new String[command.length + 3];
            eval[0] = "EVAL";
            eval[1] = script;
            eval[2] = "0";
            System.arraycopy(command, 0, eval, 3, command.length);
            history.dataLost((Long) admin.call(eval));
        }
    }
}
