package dev.promptlab.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.promptlab.client.ApiClient;
import dev.promptlab.client.ApiException;
import dev.promptlab.client.ApiResponse;
import dev.promptlab.client.api.AccountApi;
import dev.promptlab.client.api.AdministrationApi;
import dev.promptlab.client.api.GenerateApi;
import dev.promptlab.client.api.JobsApi;
import dev.promptlab.client.api.OperationsApi;
import dev.promptlab.client.api.TemplatesApi;
import dev.promptlab.client.model.AccountTerms;
import dev.promptlab.client.model.ApiKey;
import dev.promptlab.client.model.FieldError;
import dev.promptlab.client.model.GenerateRequest;
import dev.promptlab.client.model.Health;
import dev.promptlab.client.model.InvalidRequestProblem;
import dev.promptlab.client.model.Invalidation;
import dev.promptlab.client.model.Job;
import dev.promptlab.client.model.JobPage;
import dev.promptlab.client.model.JobStatus;
import dev.promptlab.client.model.NewApiKey;
import dev.promptlab.client.model.NewApiKeyWithSecret;
import dev.promptlab.client.model.OwnAccount;
import dev.promptlab.client.model.Problem;
import dev.promptlab.client.model.Provider;
import dev.promptlab.client.model.RateLimitedProblem;
import dev.promptlab.client.model.RenderRequest;
import dev.promptlab.client.model.Role;
import dev.promptlab.client.model.Rotation;
import dev.promptlab.client.model.Template;
import dev.promptlab.client.model.TemplateDefinition;
import dev.promptlab.client.model.Tier;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What callers and admins do, by the Java client that a stock generator makes from openapi.yaml.
 */
@Tag("client")
class GeneratedClientIT {
  private static final RunningPromptLab promptLab = new RunningPromptLab(true);
  private static final AdministrationApi admin = new AdministrationApi(promptLab.adminClient());

  @AfterAll
  static void stop() {
    promptLab.close();
  }

  @Test
  void generatesAJob_followsItToItsEnd_andHitsTheCache() throws ApiException {
    ApiClient client = caller("story", Tier.PRO);
    GenerateApi generate = new GenerateApi(client);
    JobsApi jobs = new JobsApi(client);

    GenerateRequest request =
        new GenerateRequest()
            .templateId("translate")
            .provider(Provider.ANTHROPIC)
            .input(Map.of("from", "French", "to", "English", "text", "Bonjour à tous"));
    ApiResponse<Job> accepted = generate.generateWithHttpInfo(request, null, null, null);
    Job job = accepted.getData();
    while (job.getStatus() == JobStatus.QUEUED || job.getStatus() == JobStatus.PROCESSING) {
      job = jobs.getJob(job.getJobId(), "wait=10", null);
    }
    ApiResponse<Job> again = generate.generateWithHttpInfo(request, null, null, null);

    assertThat(accepted.getStatusCode()).isEqualTo(202);
    assertThat(header(accepted, "X-Cache")).isEqualTo("MISS");
    assertThat(header(accepted, "Location")).isEqualTo("/jobs/" + job.getJobId());
    assertThat(Integer.parseInt(header(accepted, "Retry-After"))).isPositive();
    assertThat(job.getStatus()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job.getOutput()).isNotBlank();
    assertThat(job.getUsage()).isNotNull();
    assertThat(job.getCostUsd()).isPositive();
    assertThat(job.getCompletedAt()).isAfter(job.getCreatedAt());
    assertThat(again.getStatusCode()).isEqualTo(200);
    assertThat(header(again, "X-Cache")).isEqualTo("HIT");
    assertThat(header(again, "X-RateLimit-Limit")).isEqualTo("100");
    assertThat(header(again, "X-RateLimit-Remaining")).isEqualTo("98");
    assertThat(again.getData()).isEqualTo(job.cached(true));
  }

  @Test
  void waitsWithinTheRequest_andRepeatsUnderItsIdempotencyKey() throws ApiException {
    GenerateApi generate = new GenerateApi(caller("repeats", Tier.PRO));
    GenerateRequest request = text("Once");

    Job job = generate.generate(request, "no-cache", "wait=20", "order-4711");
    Job repeated = generate.generate(request, "no-cache", null, "order-4711");
    Problem conflict =
        refusal(Problem.class, 409, () -> generate.generate(text("2"), null, null, "order-4711"));

    assertThat(job.getStatus()).isEqualTo(JobStatus.COMPLETED);
    assertThat(repeated.getJobId()).isEqualTo(job.getJobId());
    assertThat(conflict.getType())
        .isEqualTo(Problem.TypeEnum.URN_PROMPTLAB_PROBLEM_IDEMPOTENCY_CONFLICT);
  }

  @Test
  void listsItsJobs_pageByPage() throws ApiException {
    ApiClient caller = caller("pages", Tier.PRO);
    for (String text : List.of("1", "2", "3")) {
      completed(caller, translation(text));
    }
    JobsApi jobs = new JobsApi(caller);

    JobPage first = jobs.listJobs(JobStatus.COMPLETED, "translate", 2, null);
    JobPage second = jobs.listJobs(JobStatus.COMPLETED, "translate", 2, first.getNextCursor());

    assertThat(first.getItems()).hasSize(2);
    assertThat(first.getNextCursor()).isNotBlank();
    assertThat(second.getItems()).hasSize(1).doesNotContainAnyElementsOf(first.getItems());
    assertThat(second.getNextCursor()).isNull();
  }

  @Test
  void asksForAJobOnlyIfItHasChanged() throws ApiException {
    ApiClient caller = caller("etags", Tier.PRO);
    JobsApi jobs = new JobsApi(caller);
    Job job = completed(caller, translation("Once more"));
    String etag = header(jobs.getJobWithHttpInfo(job.getJobId(), null, null), "ETag");

    // This client throws whatever is no 2xx.
    ApiException unchanged = thrown(304, () -> jobs.getJob(job.getJobId(), null, etag));

    assertThat(unchanged.getResponseHeaders().firstValue("ETag")).hasValue(etag);
  }

  @Test
  void withdrawsFromAJob_asLongAsItIsQueued() throws ApiException {
    ApiClient caller = caller("too-late", Tier.PRO);
    Job job = completed(caller, translation("Too late"));
    Problem tooLate =
        refusal(Problem.class, 409, () -> new JobsApi(caller).withdrawFromJob(job.getJobId()));
    assertThat(tooLate.getType())
        .isEqualTo(Problem.TypeEnum.URN_PROMPTLAB_PROBLEM_JOB_NOT_CANCELLABLE);

    try (RunningPromptLab idle = new RunningPromptLab(false)) {
      ApiClient ofIdle = idle.adminClient();
      Job queued = new GenerateApi(ofIdle).generate(text("Never mind"), null, null, null);
      Job withdrawn = new JobsApi(ofIdle).withdrawFromJob(queued.getJobId());
      assertThat(queued.getStatus()).isEqualTo(JobStatus.QUEUED);
      assertThat(withdrawn.getStatus()).isEqualTo(JobStatus.CANCELLED);
    }
  }

  @Test
  void erasesAJob() throws ApiException {
    ApiClient caller = caller("erases", Tier.PRO);
    JobsApi jobs = new JobsApi(caller);
    Job job = completed(caller, translation("Forget this"));

    jobs.eraseJobContent(job.getJobId());

    assertThat(job.getOutput()).isNotNull();
    assertThat(jobs.getJob(job.getJobId(), null, null).getOutput()).isNull();
    assertThat(
            header(
                new GenerateApi(caller)
                    .generateWithHttpInfo(translation("Forget this"), null, null, null),
                "X-Cache"))
        .isEqualTo("MISS");
  }

  @Test
  void makesATemplate_itsNextVersion_andRendersIt() throws ApiException {
    TemplatesApi templates = new TemplatesApi(promptLab.adminClient());
    TemplateDefinition haiku =
        new TemplateDefinition().name("Haiku").content("Write a haiku about {{subject}}.");

    ApiResponse<Template> made = templates.putTemplateWithHttpInfo("haiku", haiku, null, "*");
    String etag = header(templates.getTemplateWithHttpInfo("haiku", null, null), "ETag");
    Template changed = templates.putTemplate("haiku", haiku.system("You are a poet."), etag, null);
    Problem stale =
        refusal(
            Problem.class,
            412,
            () -> templates.putTemplate("haiku", haiku.system("You are not."), etag, null));
    RenderRequest input = new RenderRequest().input(Map.of("subject", "autumn"));

    assertThat(made.getStatusCode()).isEqualTo(201);
    assertThat(made.getData().getVersion()).isEqualTo(1);
    assertThat(changed.getVersion()).isEqualTo(2);
    assertThat(stale.getType())
        .isEqualTo(Problem.TypeEnum.URN_PROMPTLAB_PROBLEM_PRECONDITION_FAILED);
    assertThat(templates.getTemplate("haiku", 1, null).getSystem()).isNull();
    assertThat(templates.getTemplate("haiku", null, null)).isEqualTo(changed);
    assertThat(templates.listTemplates(100, null).getItems()).contains(changed);
    assertThat(templates.renderTemplate("haiku", input).getPrompt())
        .isEqualTo("Write a haiku about autumn.");
    assertThat(templates.renderTemplate("haiku", input).getSystem()).isEqualTo("You are a poet.");
  }

  @Test
  void seesItsAccount_withTheBudgetThatAnAdminGaveIt() throws ApiException {
    AccountApi own = new AccountApi(caller("budget", Tier.FREE));

    OwnAccount before = own.getAccount();
    admin.putAccount(
        "budget", new AccountTerms().tier(Tier.PRO).dailyBudgetUsd(new BigDecimal("2.5")));
    OwnAccount after = own.getAccount();

    assertThat(before.getTier()).isEqualTo(Tier.FREE);
    assertThat(before.getLimits().getGenerate().getLimit()).isEqualTo(1);
    assertThat(before.getSpend().getDailyBudgetUsd()).isNull();
    assertThat(after.getTier()).isEqualTo(Tier.PRO);
    assertThat(after.getRole()).isEqualTo(Role.CALLER);
    assertThat(after.getLimits().getReads().getLimit()).isEqualTo(1000);
    assertThat(after.getSpend().getDailyBudgetUsd()).isEqualByComparingTo("2.5");
  }

  @Test
  void readsWhatIsWrongWithARequest() throws ApiException {
    ApiClient caller = caller("wrong", Tier.PRO);

    InvalidRequestProblem wrong =
        refusal(
            InvalidRequestProblem.class,
            400,
            () -> completed(caller, translation("").input(Map.of("text", "Bonjour"))));
    Problem unknown =
        refusal(
            Problem.class, 404, () -> completed(caller, translation("").templateId("trnaslate")));
    Problem noAdmin = refusal(Problem.class, 403, () -> new OperationsApi(caller).getMetrics());

    assertThat(wrong.getErrors()).extracting(FieldError::getField).containsOnly("input");
    assertThat(wrong.getErrors())
        .extracting(FieldError::getMessage)
        .anyMatch(m -> m.contains("to"));
    assertThat(unknown.getType())
        .isEqualTo(Problem.TypeEnum.URN_PROMPTLAB_PROBLEM_TEMPLATE_NOT_FOUND);
    assertThat(noAdmin.getType()).isEqualTo(Problem.TypeEnum.URN_PROMPTLAB_PROBLEM_FORBIDDEN);
  }

  @Test
  void isRefused_withoutAKey() {
    ApiClient nobody = new ApiClient();
    nobody.updateBaseUri(promptLab.url());

    ApiException refused = thrown(401, () -> new AccountApi(nobody).getAccount());

    assertThat(refused.getResponseHeaders().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(problem(Problem.class, refused).getType())
        .isEqualTo(Problem.TypeEnum.URN_PROMPTLAB_PROBLEM_UNAUTHORIZED);
  }

  @Test
  void isTold_whenItIsOverItsLimit() throws ApiException {
    GenerateApi generate = new GenerateApi(caller("limited", Tier.FREE));
    generate.generate(text("The only one"), null, null, null);

    ApiException refused =
        thrown(429, () -> generate.generate(text("One too many"), null, null, null));
    RateLimitedProblem limited = problem(RateLimitedProblem.class, refused);

    assertThat(limited.getLimit()).isEqualTo(1);
    assertThat(limited.getRetryAfterMs()).isBetween(1, limited.getWindowSeconds() * 1000);
    assertThat(refused.getResponseHeaders().firstValueAsLong("Retry-After").getAsLong())
        .isEqualTo(Math.ceilDiv(limited.getRetryAfterMs(), 1000));
  }

  @Test
  void rotatesAndRevokesKeys() throws ApiException {
    NewApiKeyWithSecret old = key("rotates", Tier.PRO);

    NewApiKeyWithSecret next = admin.rotateApiKey(old.getKeyId(), new Rotation().graceSeconds(0));
    AccountApi byNext = new AccountApi(promptLab.client(next.getKey()));
    AccountApi byOld = new AccountApi(promptLab.client(old.getKey()));

    assertThat(byNext.getAccount().getAccount()).isEqualTo("rotates");
    thrown(401, byOld::getAccount);
    admin.revokeApiKey(next.getKeyId());
    thrown(401, byNext::getAccount);
    assertThat(admin.listApiKeys(100, null).getItems())
        .filteredOn(key -> key.getKeyId().equals(next.getKeyId()))
        .singleElement()
        .extracting(ApiKey::getRevokedAt)
        .isNotNull();
  }

  @Test
  void takesAResultOutOfTheCache() throws ApiException {
    ApiClient caller = caller("invalidates", Tier.PRO);
    Job job = completed(caller, translation("A wrong answer"));
    Invalidation wrong = new Invalidation().inputHash(job.getInputHash()).reason("It was wrong.");

    assertThat(admin.invalidateCache(wrong).getInvalidated()).isEqualTo(1);

    assertThat(completed(caller, translation("A wrong answer")).getJobId())
        .isNotEqualTo(job.getJobId());
  }

  @Test
  void seesHealthAndMetrics() throws ApiException {
    OperationsApi operations = new OperationsApi(promptLab.adminClient());

    assertThat(operations.getHealth(null).getStatus()).isEqualTo(Health.StatusEnum.OK);
    assertThat(operations.getHealth("").getChecks()).isNotNull();
    assertThat(operations.getMetrics()).contains("# TYPE cache_hits_total counter");
  }

  private static NewApiKeyWithSecret key(String account, Tier tier) throws ApiException {
    return admin.createApiKey(new NewApiKey().account(account).tier(tier));
  }

  private static ApiClient caller(String account, Tier tier) throws ApiException {
    return promptLab.client(key(account, tier).getKey());
  }

  private static GenerateRequest translation(String text) {
    return new GenerateRequest()
        .templateId("translate")
        .provider(Provider.ANTHROPIC)
        .input(Map.of("from", "French", "to", "English", "text", text));
  }

  private static GenerateRequest text(String input) {
    return new GenerateRequest()
        .templateId("cmjlfawzg0000pq6xyq5r78ws")
        .provider(Provider.ANTHROPIC)
        .input(input);
  }

  private static Job completed(ApiClient caller, GenerateRequest request) throws ApiException {
    Job job = new GenerateApi(caller).generate(request, null, "wait=20", null);
    assertThat(job.getStatus()).isEqualTo(JobStatus.COMPLETED);
    return job;
  }

  private static String header(ApiResponse<?> response, String name) {
    return String.join(", ", response.getHeaders().getOrDefault(name, List.of()));
  }

  private static ApiException thrown(int status, ThrowingCallable call) {
    ApiException thrown = catchThrowableOfType(ApiException.class, call);
    assertThat(thrown).isNotNull();
    assertThat(thrown.getCode()).as(thrown.getMessage()).isEqualTo(status);
    return thrown;
  }

  private static <P> P problem(Class<P> type, ApiException thrown) {
    try {
      return ApiClient.createDefaultObjectMapper().readValue(thrown.getResponseBody(), type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(thrown.getResponseBody(), e);
    }
  }

  private static <P> P refusal(Class<P> type, int status, ThrowingCallable call) {
    return problem(type, thrown(status, call));
  }
}
