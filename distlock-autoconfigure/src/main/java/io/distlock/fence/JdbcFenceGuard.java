package io.distlock.fence;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
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

    /** PostgreSQL, and what speaks as it does, lets a transaction do nothing more after an error: so there is none. */
    private static final String ENDS_AFTER_ERRORS = "PostgreSQL";

    private static final String FIRST_OR_NOTHING =
            "insert into distlock_fence (resource, fence) values (?, ?) on conflict do nothing";

    private final JdbcOperations jdbc;

    private volatile @Nullable Boolean endsAfterErrors;

    public JdbcFenceGuard(JdbcOperations jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @throws StaleFenceException when a higher fence was committed
     * @throws IllegalStateException outside of a transaction, where the check would be over before the write
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

    /** Asked before anything is inserted: nearly always it is, and then an error would only cost time. */
    private boolean isKnown(String resource) {
        Integer rows = this.jdbc.queryForObject(KNOWN, Integer.class, resource);
        return rows != null && rows > 0;
    }

    private boolean insert(String resource, long fence) {
        if (endsAfterErrors()) {
            return this.jdbc.update(FIRST_OR_NOTHING, resource, fence) > 0;
        }
        try {
            return this.jdbc.update(FIRST, resource, fence) > 0;
        } catch (DuplicateKeyException another) {
            return false;
        }
    }

    private boolean endsAfterErrors() {
        Boolean known = this.endsAfterErrors;
        if (known == null) {
            ConnectionCallback<String> ask =
                    connection -> connection.getMetaData().getDatabaseProductName();
            known = ENDS_AFTER_ERRORS.equals(this.jdbc.execute(ask));
            this.endsAfterErrors = known;
        }
        return known;
    }
}
