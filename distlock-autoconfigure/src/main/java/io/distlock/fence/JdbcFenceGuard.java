package io.distlock.fence;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Fences in a table of the protected database: one row for each resource, one UPDATE for each check. Call it in the
 * transaction of the writes, before them: the row is locked until that ends, so no write under a lower fence is committed
 * after one under a higher.
 *
 * <p>The table is in {@code classpath:io/distlock/fence/schema.sql}. Rows are small and never removed: whoever removes
 * one forgets what it refused.
 */
public final class JdbcFenceGuard implements FenceGuard {

    private static final int LONGEST = 255;

    private static final String RAISE = "update distlock_fence set fence = ? where resource = ? and fence <= ?";

    private static final String KNOWN = "select count(*) from distlock_fence where resource = ?";

    private static final String FIRST = "insert into distlock_fence (resource, fence) values (?, ?)";

    private final JdbcOperations jdbc;

    public JdbcFenceGuard(JdbcOperations jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @throws StaleFenceException when a higher fence was committed
     * @throws IllegalStateException outside of a transaction, where the check would be over before the write
     * @throws DuplicateKeyException when two transactions saw a resource for the first time at once, on databases that
     *     let a transaction do nothing more after an error
     */
    @Override
    public void check(String resource, long fence) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("The fence of '" + resource + "' must be checked in the transaction of the"
                    + " writes that it protects: annotate the method with @Transactional");
        }
        if (resource.length() > LONGEST) {
            throw new IllegalArgumentException("A resource's name must not be longer than " + LONGEST
                    + " characters, this one has " + resource.length() + ": '" + resource.substring(0, 40) + "...'");
        }
        boolean highest = raise(resource, fence)
                || !isKnown(resource) && insert(resource, fence)
                || raise(resource, fence); // somebody else may have been the first meanwhile
        if (!highest) {
            throw new StaleFenceException(resource, fence);
        }
    }

    private boolean raise(String resource, long fence) {
        return this.jdbc.update(RAISE, fence, resource, fence) > 0;
    }

    /** Asked before anything is inserted, since an error ends the transaction of some databases. */
    private boolean isKnown(String resource) {
        Integer rows = this.jdbc.queryForObject(KNOWN, Integer.class, resource);
        return rows != null && rows > 0;
    }

    private boolean insert(String resource, long fence) {
        try {
            return this.jdbc.update(FIRST, resource, fence) > 0;
        } catch (DuplicateKeyException another) {
            return false;
        }
    }
}
