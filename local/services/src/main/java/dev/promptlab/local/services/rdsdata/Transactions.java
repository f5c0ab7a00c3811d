package dev.promptlab.local.services.rdsdata;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * The open transactions, each on a connection of its own. One that no call uses for the idle time
 * is rolled back. Thread-safe.
 */
final class Transactions implements AutoCloseable {
  /** Work on the connection of a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private static final int ID_BYTES = 48;

  private final Connections connections;
  private final Duration idle;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Transaction> open = new ConcurrentHashMap<>();
  private final ScheduledExecutorService expiry =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("rds-data-transactions").factory());

  Transactions(Connections connections, Duration idle) {
    this.connections = connections;
    this.idle = idle;
  }

  private static final class Transaction {
    private final Connection connection;
    private final ReentrantLock inUse = new ReentrantLock();
    private boolean sessionChanged;
    private boolean ended;
    private long lastUsed = System.nanoTime();

    Transaction(Connection connection) {
      this.connection = connection;
    }
  }

  /** Begins a transaction and gives its id. */
  String begin() throws SQLException {
    Connection connection = connections.take();
    try {
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      connections.giveBack(connection, true);
      throw e;
    }
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    open.put(id, new Transaction(connection));
    expireLater(id, idle);
    return id;
  }

  /** Runs a statement inside a transaction. */
  <T> T run(String id, boolean changesSession, Work<T> work) throws SQLException {
    Transaction transaction = enter(id);
    try {
      transaction.sessionChanged |= changesSession;
      return work.on(transaction.connection);
    } finally {
      leave(transaction);
    }
  }

  void commit(String id) throws SQLException {
    end(id, Transactions::commit);
  }

  // PostgreSQL would answer COMMIT with a silent ROLLBACK after an error.
  private static void commit(Connection connection) throws SQLException {
    if (connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED) {
      connection.rollback();
      throw new RdsDataException(
          RdsDataException.Type.DATABASE_ERROR,
          "ERROR: current transaction is aborted, it has been rolled back; SQLState: 25P02");
    }
    connection.commit();
  }

  void rollback(String id) throws SQLException {
    end(id, Connection::rollback);
  }

  /** How a transaction ends. */
  @FunctionalInterface
  private interface Ending {
    void on(Connection connection) throws SQLException;
  }

  private void end(String id, Ending ending) throws SQLException {
    Transaction transaction = enter(id);
    try {
      finish(id, transaction, ending);
    } finally {
      leave(transaction);
    }
  }

  private void finish(String id, Transaction transaction, Ending ending) throws SQLException {
    boolean broken = true;
    transaction.ended = true;
    open.remove(id);
    try {
      ending.on(transaction.connection);
      transaction.connection.setAutoCommit(true);
      broken = false;
    } finally {
      connections.giveBack(transaction.connection, broken || transaction.sessionChanged);
    }
  }

  private Transaction enter(String id) {
    Transaction transaction = open.get(id);
    if (transaction == null) {
      throw notFound(id);
    }
    if (!transaction.inUse.tryLock()) {
      throw new RdsDataException(
          RdsDataException.Type.DATABASE_ERROR, "Transaction is still running a query");
    }
    if (transaction.ended) {
      transaction.inUse.unlock();
      throw notFound(id);
    }
    return transaction;
  }

  private static void leave(Transaction transaction) {
    transaction.lastUsed = System.nanoTime();
    transaction.inUse.unlock();
  }

  private static RdsDataException notFound(String id) {
    return new RdsDataException(
        RdsDataException.Type.TRANSACTION_NOT_FOUND,
        "Transaction %s is not found: it may be expired, or ended by an earlier call"
            .formatted(id));
  }

  private void expireLater(String id, Duration delay) {
    var _ = expiry.schedule(() -> expire(id), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void expire(String id) {
    Transaction transaction = open.get(id);
    if (transaction == null) {
      return;
    }
    if (!transaction.inUse.tryLock()) {
      expireLater(id, idle);
      return;
    }
    try {
      Duration left = idle.minusNanos(System.nanoTime() - transaction.lastUsed);
      if (left.isPositive()) {
        expireLater(id, left);
      } else if (!transaction.ended) {
        finish(id, transaction, Connection::rollback);
      }
    } catch (SQLException e) {
      connections.report("An idle transaction could not be rolled back", e);
    } finally {
      transaction.inUse.unlock();
    }
  }

  /** Forgets the open transactions; closing their connections rolls them back. */
  @Override
  public void close() {
    expiry.shutdownNow();
    open.clear();
  }
}
