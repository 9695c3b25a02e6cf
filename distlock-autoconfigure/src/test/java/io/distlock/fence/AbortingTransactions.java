package io.distlock.fence;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A database that calls itself PostgreSQL, and as that one lets a transaction do nothing more after an error. H2 speaks
 * its words, but is more lenient.
 */
final class AbortingTransactions extends AbstractDataSource {

    private final DataSource lenient;

    AbortingTransactions(DataSource lenient) {
        this.lenient = lenient;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return strict(this.lenient.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return strict(this.lenient.getConnection(user, password));
    }

    private static Connection strict(Connection connection) {
        AtomicBoolean aborted = new AtomicBoolean();
        return proxy(Connection.class, connection, (method, answer) -> {
            if (method.equals("rollback")) {
                aborted.set(false);
            }
            if (answer instanceof PreparedStatement statement) {
                return strict(PreparedStatement.class, statement, aborted);
            }
            if (answer instanceof Statement statement) {
                return strict(Statement.class, statement, aborted);
            }
            if (answer instanceof DatabaseMetaData facts) {
                return proxy(
                        DatabaseMetaData.class,
                        facts,
                        (asked, said) -> asked.equals("getDatabaseProductName") ? "PostgreSQL" : said);
            }
            return answer;
        });
    }

    private static <T extends Statement> T strict(Class<T> type, T statement, AtomicBoolean aborted) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    boolean executes = method.getName().startsWith("execute");
                    if (executes && aborted.get()) {
                        throw new SQLException(
                                "current transaction is aborted, commands ignored until end of transaction block",
                                "25P02");
                    }
                    try {
                        return method.invoke(statement, arguments);
                    } catch (InvocationTargetException failure) {
                        if (executes) {
                            aborted.set(true);
                        }
                        throw failure.getCause();
                    }
                }));
    }

    private static <T> T proxy(Class<T> type, T behind, Reading reading) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return reading.read(method.getName(), method.invoke(behind, arguments));
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                }));
    }

    private interface Reading {

        Object read(String method, Object answer);
    }
}
