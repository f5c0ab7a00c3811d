package dev.promptlab.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.cache.InputHash;
import dev.promptlab.config.Environment;
import dev.promptlab.generation.GenerationInput;
import dev.promptlab.generation.Provider;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.NewJob;
import dev.promptlab.jobs.rdsdata.RdsDataJobStore;
import dev.promptlab.local.services.LocalServices;
import dev.promptlab.local.services.LocalServicesSettings;
import dev.promptlab.local.services.StandInLlm;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.queue.JobMessage;
import dev.promptlab.rdsdata.DataApi;
import dev.promptlab.rdsdata.Row;
import dev.promptlab.rdsdata.Statement;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.testing.LiveRedis;
import dev.promptlab.worker.sweep.SweepModule;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The worker on real servers, with a stand-in LLM that counts the calls for each job. */
final class WorkerOnServers implements AutoCloseable {
  /** Each takes a text. */
  static final List<String> TEMPLATES = List.of("cmjlfawzg0000pq6xyq5r78ws", "summarise");

  private static final Duration BUDGET = Duration.ofSeconds(20);
  private static final Pattern NAME = Pattern.compile("job ([0-9a-f-]{36})");

  private final Map<UUID, Integer> calls = new ConcurrentHashMap<>();
  private volatile Consumer<UUID> beforeAnswer = _ -> {};
  private final LocalServices servers =
      LocalServices.start(LocalServicesSettings.embedded(), _ -> {});
  private final StandInLlm llm =
      StandInLlm.start(new StandInLlm.Options(Duration.ZERO, this::answer));
  private final Map<String, String> settings = settings();
  private final Environment environment = Environment.of(settings);
  private final DataApi database = new DataApi(environment, BUDGET);
  private final RdsDataJobStore jobs = new RdsDataJobStore(database, Optional.empty());
  private final RedisConnection redis = LiveRedis.connect(URI.create(servers.redisUrl()));
  private final JobMessages messages = new JobMessages(environment);
  private final WorkerModule module = new WorkerModule(environment);
  private final SweepModule sweep = new SweepModule(environment);

  private Map<String, String> settings() {
    Map<String, String> all = new TreeMap<>(servers.environment());
    all.put("PROVIDERS", "openai");
    all.put("OPENAI_BASE_URL", llm.baseUrl().toString());
    // The machine may be busy.
    all.put("REDIS_COMMAND_TIMEOUT_MS", "5000");
    return all;
  }

  private String answer(String prompt) {
    Matcher name = NAME.matcher(prompt);
    assertThat(name.find()).as(prompt).isTrue();
    UUID jobId = UUID.fromString(name.group(1));
    calls.merge(jobId, 1, Integer::sum);
    beforeAnswer.accept(jobId);
    return answer(jobId);
  }

  static String answer(UUID jobId) {
    return "The answer to job " + jobId;
  }

  /** What happens between a call and its answer. */
  void beforeAnswer(Consumer<UUID> action) {
    beforeAnswer = action;
  }

  /** For another process of the worker. */
  Map<String, String> environment() {
    return settings;
  }

  String jdbcUrl() {
    return servers.jdbcUrl();
  }

  JobMessages messages() {
    return messages;
  }

  WorkerModule module() {
    return module;
  }

  int calls(UUID jobId) {
    return calls.getOrDefault(jobId, 0);
  }

  /** A job, whose message is in the queue. */
  UUID accepted(String templateId) {
    UUID jobId = UUID.randomUUID();
    GenerationInput input = GenerationInput.text("job " + jobId);
    jobs.accept(
        new NewJob(
            jobId,
            "acme",
            Optional.empty(),
            true,
            templateId,
            1,
            Provider.OPENAI,
            InputHash.of(Optional.empty(), templateId, 1, Provider.OPENAI, input),
            input,
            NewJob.Reuse.USUAL,
            Optional.empty(),
            UsdAmount.ZERO,
            Duration.ofMinutes(10)));
    module.queue().send(new JobMessage(jobId));
    return jobId;
  }

  Job job(UUID jobId) {
    return jobs.find(jobId).orElseThrow();
  }

  /** Lets a time of a job be over. */
  void letPass(String column, UUID jobId) {
    database.query(
        Statement.of(
                "update job set %1$s = clock_timestamp() where job_id = :id and %1$s is not null"
                    .formatted(column))
            .uuid("id", jobId));
  }

  /** Runs the sweep, as if it was time for it. */
  void sweep() {
    redis.call(commands -> commands.unlink("promptlab:sweep"));
    sweep.sweep();
  }

  /** Takes up everything that is in the queue. */
  void workOff() {
    JobBatch batch = new JobBatch(module.processor(), module.queue());
    List<SQSMessage> visible = messages.receiveVisible();
    while (!visible.isEmpty()) {
      assertThat(batch.process(visible, WorkerOnFakes.time())).isEmpty();
      visible.forEach(messages::delete);
      visible = messages.receiveVisible();
    }
  }

  void execute(String sql) {
    database.query(Statement.of(sql));
  }

  Row row(String sql, UUID jobId) {
    return database.query(Statement.of(sql).uuid("id", jobId)).getFirst();
  }

  @Override
  public void close() {
    sweep.close();
    module.close();
    messages.close();
    redis.close();
    database.close();
    llm.close();
    servers.close();
  }
}
