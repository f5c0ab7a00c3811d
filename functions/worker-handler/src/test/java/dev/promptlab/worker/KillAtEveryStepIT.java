package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStatus;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.testing.JavaProcess;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A worker is killed after each step of its run, on real servers; then its lease is over. Of its
 * two jobs, the message of the one is delivered again, and that of the other is lost, so that the
 * sweep has to find it. Both must end, once, and pay twice only where nobody can know of the first
 * call's answer.
 */
final class KillAtEveryStepIT {
  /** How many workers are started ahead. */
  private static final int AHEAD = 2;

  private final WorkerOnServers servers = new WorkerOnServers();
  private final ExecutorService starting = Executors.newFixedThreadPool(AHEAD);

  private record Outcome(
      JobStatus between, JobStatus end, int calls, int attempts, int ends, boolean rightAnswer) {}

  @BeforeEach
  void recordEnds() {
    servers.execute("create table job_end (job_id uuid, status text)");
    servers.execute(
        "create function record_end() returns trigger language plpgsql as $$ begin"
            + " insert into job_end values (new.job_id, new.status); return new; end $$");
    servers.execute(
        "create trigger job_ended after update of status on job for each row"
            + " when (old.status <> new.status"
            + " and new.status in ('completed', 'failed', 'cancelled'))"
            + " execute function record_end()");
  }

  @AfterEach
  void stop() {
    starting.shutdownNow();
    servers.close();
  }

  @Test
  void endsEachJobOnce_whateverStepItsWorkerWasKilledAfter() throws Exception {
    StringBuilder table =
        new StringBuilder(
                "| killed after | status in between | LLM calls | attempts | ended as |\n")
            .append("|---|---|---|---|---|\n");
    Map<WorkerStep, Future<JavaProcess>> workers = new EnumMap<>(WorkerStep.class);
    for (WorkerStep step : WorkerStep.values()) {
      workers.put(step, starting.submit(this::start));
    }
    for (WorkerStep step : WorkerStep.values()) {
      Outcome outcome = outcome(step, Objects.requireNonNull(workers.get(step)));
      assertThat(outcome).as("%s", step).isEqualTo(expected(step));
      table.append(
          "| %s | %s | %d | %d | %s |%n"
              .formatted(
                  step.words(),
                  outcome.between().wireName(),
                  outcome.calls(),
                  outcome.attempts(),
                  outcome.end().wireName()));
    }
    System.out.println(table);
  }

  private static Outcome expected(WorkerStep step) {
    JobStatus between =
        switch (step) {
          case NOTHING, RECEIVED -> JobStatus.QUEUED;
          case CLAIMED,
              TEMPLATE_READ,
              CALLED,
              ANSWERED,
              PARKED,
              PARKED_CLAIMED,
              PARKED_FOUND,
              PARKED_UNCOUNTED ->
              JobStatus.PROCESSING;
          case COMMITTED, CACHED, ANNOUNCED, DELETED, PARKED_COMMITTED, PARKED_DELETED ->
              JobStatus.COMPLETED;
        };
    // What the first call answered, nobody knows.
    int calls = step == WorkerStep.CALLED || step == WorkerStep.ANSWERED ? 2 : 1;
    // A claim whose worker was killed counts: it may have called.
    int attempts =
        switch (step) {
          case CLAIMED, TEMPLATE_READ, CALLED, ANSWERED, PARKED_CLAIMED, PARKED_FOUND -> 2;
          default -> 1;
        };
    return new Outcome(between, JobStatus.COMPLETED, calls, attempts, 1, true);
  }

  private JavaProcess start() throws IOException {
    JavaProcess worker =
        JavaProcess.start(
            List.of("-XX:+UseSerialGC"),
            MortalWorker.class,
            servers.environment().entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new));
    worker.await("ready");
    return worker;
  }

  private Outcome outcome(WorkerStep step, Future<JavaProcess> starting) throws Exception {
    UUID again = servers.accepted(WorkerOnServers.TEMPLATES.getFirst());
    // Of another template, so that both are read.
    UUID lost = servers.accepted(WorkerOnServers.TEMPLATES.getLast());
    Map<UUID, String> receipts;
    try (JavaProcess worker = starting.get()) {
      receipts = run(worker, step, List.of(again, lost));
    }
    JobStatus between = servers.job(again).status();
    assertThat(servers.job(lost).status()).as("%s", step).isEqualTo(between);
    if (step != WorkerStep.DELETED) {
      servers.messages().makeVisible(Objects.requireNonNull(receipts.get(again)));
      servers.messages().delete(Objects.requireNonNull(receipts.get(lost)));
    }
    servers.letPass("lease_until", again);
    servers.letPass("lease_until", lost);
    // Not of both: there would be two messages of the other, and one would wait.
    servers.letPass("sweep_at", lost);
    servers.sweep();
    servers.workOff();
    Outcome outcome = outcome(between, again);
    assertThat(outcome(between, lost)).as("%s, its message lost", step).isEqualTo(outcome);
    return outcome;
  }

  /** Returns the receipts of the jobs' messages. */
  private Map<UUID, String> run(JavaProcess worker, WorkerStep step, List<UUID> jobs)
      throws Exception {
    if (step.inSecondRun()) {
      worker.say(MortalWorker.UNCOMMITTED);
      Map<UUID, String> receipts = received(worker);
      worker.await("done");
      jobs.forEach(jobId -> servers.letPass("lease_until", jobId));
      receipts.values().forEach(servers.messages()::makeVisible);
    }
    CountDownLatch answering = new CountDownLatch(step == WorkerStep.CALLED ? 1 : 0);
    Semaphore asked = new Semaphore(0);
    servers.beforeAnswer(
        _ -> {
          asked.release();
          await(answering);
        });
    worker.say(step.name());
    Map<UUID, String> receipts = step == WorkerStep.NOTHING ? Map.of() : received(worker);
    if (step == WorkerStep.CALLED) {
      asked.acquire(jobs.size());
      worker.kill();
      answering.countDown();
    }
    assertThat(worker.awaitEnd()).as("%s", step).isEqualTo(MortalWorker.KILLED);
    return receipts.isEmpty() ? received() : receipts;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<UUID, String> received(JavaProcess worker) throws IOException {
    Map<UUID, String> receipts = new HashMap<>();
    for (int i = 0; i < MortalWorker.BATCH; i++) {
      String[] words = worker.await("received ").split(" ", 3);
      receipts.put(JobMessage.ofBody(words[2]).jobId(), words[1]);
    }
    return receipts;
  }

  /** What nobody has received before. */
  private Map<UUID, String> received() {
    Map<UUID, String> receipts = new HashMap<>();
    servers
        .messages()
        .receive(MortalWorker.BATCH)
        .forEach(
            message ->
                receipts.put(
                    JobMessage.ofBody(message.getBody()).jobId(), message.getReceiptHandle()));
    return receipts;
  }

  private Outcome outcome(JobStatus between, UUID jobId) {
    Job job = servers.job(jobId);
    return new Outcome(
        between,
        job.status(),
        servers.calls(jobId),
        job.attempts(),
        servers
            .row("select count(*)::integer as ends from job_end where job_id = :id", jobId)
            .integer("ends"),
        job.generation().orElseThrow().output().equals(WorkerOnServers.answer(jobId)));
  }
}
