package io.distlock.faults;

import io.distlock.testredis.Cable;
import io.distlock.testredis.PrivateRedis;

/** What happens to one of several independent servers, or to the way there, until it is healed. */
enum NodeHarm {
    /** Killed, and empty when it is back. */
    DOWN {
        @Override
        void begin(PrivateRedis redis, Cable cable) {
            redis.kill();
        }

        @Override
        void heal(PrivateRedis redis, Cable cable) {
            redis.restart();
        }
    },

    PAUSED {
        @Override
        void begin(PrivateRedis redis, Cable cable) {
            redis.pause();
        }

        @Override
        void heal(PrivateRedis redis, Cable cable) {
            redis.resume();
        }
    },

    CUT {
        @Override
        void begin(PrivateRedis redis, Cable cable) {
            cable.sever();
        }

        @Override
        void heal(PrivateRedis redis, Cable cable) {
            cable.heal();
        }
    },

    BLACK_HOLE {
        @Override
        void begin(PrivateRedis redis, Cable cable) {
            cable.holdUp();
        }

        @Override
        void heal(PrivateRedis redis, Cable cable) {
            cable.heal();
        }
    },

    REPLIES_LOST {
        @Override
        void begin(PrivateRedis redis, Cable cable) {
            cable.loseReplies();
        }

        @Override
        void heal(PrivateRedis redis, Cable cable) {
            cable.heal();
        }
    };

    abstract void begin(PrivateRedis redis, Cable cable);

    abstract void heal(PrivateRedis redis, Cable cable);
}
