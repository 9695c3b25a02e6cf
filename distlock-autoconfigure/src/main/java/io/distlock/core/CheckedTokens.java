package io.distlock.core;

import io.distlock.LockRequest;
import io.distlock.TokenGenerator;

/** Sees to it that what an application's generator makes can stand in the store, and that its locks fail if not. */
record CheckedTokens(TokenGenerator generator) implements TokenGenerator {

    static TokenGenerator of(TokenGenerator generator) {
        return generator instanceof RandomTokens ? generator : new CheckedTokens(generator);
    }

    @Override
    public String generate(String key) {
        String token = this.generator.generate(key);
        try {
            LockRequest.of(key).token(token);
        } catch (IllegalArgumentException nonsense) {
            throw new IllegalStateException(
                    "The TokenGenerator of this application has made what cannot be a token for '" + key + "': "
                            + nonsense.getMessage(),
                    nonsense);
        }
        return token;
    }
}
