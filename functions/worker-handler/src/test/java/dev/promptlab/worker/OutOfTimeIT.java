package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStatus;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A database that stands still while an answer is to be committed, on real servers. */
final class OutOfTimeIT {
  @Test
  void returnsInTime_andPaysForNoSecondAnswer() throws SQLException {
    try (WorkerOnServers servers = new WorkerOnServers();
        Connection connection = DriverManager.getConnection(servers.jdbcUrl());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // The first job of a JVM takes long.
      servers.accepted(WorkerOnServers.TEMPLATES.getFirst());
      servers.workOff();
      UUID jobId = servers.accepted(WorkerOnServers.TEMPLATES.getFirst());
      servers.beforeAnswer(_ -> lock(statement, jobId));
      List<SQSMessage> messages = servers.messages().receive(1);
      InvocationTime time = InvocationTime.of(Duration.ofSeconds(15));
      JobBatch batch =
          new JobBatch(
              servers.module().processor(),
              servers.module().queue(),
              new JobBatch.Limits(10, Duration.ofSeconds(10), Duration.ZERO));
      assertThat(batch.process(messages, time)).hasSize(1);
      assertThat(time.left()).isPositive();
      // What the database has not begun to do, it never will.
      statement.execute(
          "select pg_terminate_backend(pid, 20000) from pg_stat_activity"
              + " where wait_event_type = 'Lock'");
      connection.rollback();
      servers.beforeAnswer(_ -> {});
      assertThat(servers.job(jobId).status()).isEqualTo(JobStatus.PROCESSING);

      servers.letPass("lease_until", jobId);
      servers.messages().makeVisible(messages.getFirst().getReceiptHandle());
      servers.workOff();
      Job job = servers.job(jobId);
      assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
      assertThat(job.generation().orElseThrow().output()).isEqualTo(WorkerOnServers.answer(jobId));
      assertThat(job.attempts()).isEqualTo(1);
      assertThat(servers.calls(jobId)).isEqualTo(1);
    }
  }

  private static void lock(Statement statement, UUID jobId) {
    try {
      statement.execute("select from job where job_id = '%s' for update".formatted(jobId));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
