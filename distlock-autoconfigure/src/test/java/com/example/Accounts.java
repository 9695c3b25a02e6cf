package com.example;

import io.distlock.annotation.DistributedLock;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Service;

@Service
public class Accounts {

    private final StringRedisTemplate redis;

    Accounts(StringRedisTemplate redis) {
        this.redis = redis;
    }

    @DistributedLock(key = "account:#{#owner}")
    public void deposit(String owner, int amount) {
        int now = balance(owner);
        this.redis.opsForValue().set("balance:" + owner, String.valueOf(now + amount));
    }

    public int balance(String owner) {
        String balance = this.redis.opsForValue().get("balance:" + owner);
        return balance == null ? 0 : Integer.parseInt(balance);
    }
}
