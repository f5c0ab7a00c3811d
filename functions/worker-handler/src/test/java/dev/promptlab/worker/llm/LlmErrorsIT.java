package dev.promptlab.worker.llm;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.promptlab.generation.Provider;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Anthropic's and OpenAI's refusals mean: their own bodies, over HTTP. */
final class LlmErrorsIT {
  @RegisterExtension static final WireMockExtension server = LlmOnWireMock.server();

  private static ResponseDefinitionBuilder answer(int status, String body) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "application/json")
        .withBody(body);
  }

  private static LlmException refused(Provider provider, int status, String body) {
    return LlmOnWireMock.failure(server, provider, answer(status, body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | invalid_request_error | messages.0.content: Hello is not a secret                                 | provider-invalid-request | false
          400 | invalid_request_error | prompt is too long: 208656 tokens > 200000 maximum                        | context-too-long         | false
          400 | invalid_request_error | input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000 | context-too-long        | false
          413 | request_too_large     | Request exceeds the maximum size                                          | context-too-long         | false
          400 | invalid_request_error | Output blocked by content filtering policy                                | content-filtered         | false
          400 | invalid_request_error | Your credit balance is too low to access the Anthropic API.               | provider-quota-exhausted | false
          400 | invalid_request_error | You have reached your specified API usage limits.                         | provider-quota-exhausted | false
          402 | billing_error         | There is an issue with your billing or payment information.               | provider-quota-exhausted | false
          401 | authentication_error  | invalid x-api-key secret                                                  | provider-auth            | false
          403 | permission_error      | Your API key does not have permission to use the specified resource.      | provider-auth            | false
          404 | not_found_error       | model: model-1                                                            | provider-model-not-found | false
          429 | rate_limit_error      | This request would exceed your organization's rate limit of 50 requests   | provider-rate-limited    | true
          500 | api_error             | Internal server error                                                     | provider-unavailable     | true
          504 | timeout_error         | Request timed out                                                         | provider-timeout         | true
          529 | overloaded_error      | Overloaded                                                                | provider-overloaded      | true
          500 | overloaded_error      | Overloaded                                                                | provider-overloaded      | true
          418 | not_known_yet         | prompt is too long                                                        | provider-invalid-request | false
          400 | exceed_context_size_error | request (14227 tokens) exceeds the available context size (2048 tokens) | context-too-long       | false
          """,
      quoteCharacter = '~')
  void knowsAnthropicsErrors(
      int status, String type, String message, String code, boolean retryable) {
    LlmException refused =
        refused(
            Provider.ANTHROPIC,
            status,
            "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"},\"request_id\":\"req_011\"}"
                .formatted(type, message));
    assertThat(refused.error().code()).isEqualTo(code);
    assertThat(refused.error().retryable()).isEqualTo(retryable);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | null                         | invalid_request_error     | Hello is not a secret                                                  | provider-invalid-request | false
          400 | "context_length_exceeded"    | invalid_request_error     | This model's maximum context length is 4097 tokens. However, …         | context-too-long         | false
          400 | 400                          | BadRequestError           | This model's maximum context length is 2048 tokens.                    | context-too-long         | false
          400 | 400                          | exceed_context_size_error | the request exceeds the available context size, try increasing it      | context-too-long         | false
          400 | "string_above_max_length"    | invalid_request_error     | Invalid 'messages[1].content': string too long.                        | context-too-long         | false
          400 | "content_filter"             | null                      | The response was filtered due to the prompt triggering Azure OpenAI's … | content-filtered        | false
          400 | "content_policy_violation"   | invalid_request_error     | Your request was rejected as a result of our safety system.            | content-filtered         | false
          400 | "invalid_prompt"             | invalid_request_error     | Your prompt was flagged as potentially violating our usage policy.     | content-filtered         | false
          401 | "invalid_api_key"            | invalid_request_error     | Incorrect API key provided: secret.                                    | provider-auth            | false
          403 | "unsupported_country_region_territory" | request_forbidden | Country, region, or territory not supported                          | provider-auth            | false
          403 | "model_not_found"            | invalid_request_error     | Project `proj_1` does not have access to model `model-1`               | provider-model-not-found | false
          404 | "model_not_found"            | invalid_request_error     | The model `model-1` does not exist or you do not have access to it.    | provider-model-not-found | false
          413 | null                         | invalid_request_error     | Request too large                                                      | context-too-long         | false
          429 | "insufficient_quota"         | insufficient_quota        | You exceeded your current quota, please check your plan and billing details. | provider-quota-exhausted | false
          429 | "rate_limit_exceeded"        | requests                  | Rate limit reached for model-1 in organization org-1 on requests per min (RPM): Limit 3, Used 3 | provider-rate-limited | true
          429 | "rate_limit_exceeded"        | tokens                    | Rate limit reached for model-1 in organization org-1 on tokens per min (TPM) | provider-rate-limited | true
          500 | null                         | server_error              | The server had an error while processing your request. Sorry about that! | provider-unavailable   | true
          502 | null                         | null                      | Bad gateway                                                            | provider-unavailable     | true
          503 | null                         | server_error              | The engine is currently overloaded, please try again later             | provider-overloaded      | true
          """,
      quoteCharacter = '~')
  void knowsOpenAisErrors(
      int status, String codeJson, String type, String message, String code, boolean retryable) {
    LlmException refused =
        refused(
            Provider.OPENAI,
            status,
            "{\"error\":{\"message\":\"%s\",\"type\":%s,\"param\":null,\"code\":%s}}"
                .formatted(message, type.equals("null") ? type : '"' + type + '"', codeJson));
    assertThat(refused.error().code()).isEqualTo(code);
    assertThat(refused.error().retryable()).isEqualTo(retryable);
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC, 301, provider-bad-answer",
    "ANTHROPIC, 400, provider-invalid-request",
    "ANTHROPIC, 402, provider-quota-exhausted",
    "ANTHROPIC, 408, provider-timeout",
    "OPENAI,    413, context-too-long",
    "OPENAI,    429, provider-rate-limited",
    "OPENAI,    502, provider-unavailable",
    "OPENAI,    529, provider-overloaded",
  })
  void goesByTheStatus_whereTheBodyIsOfSomethingInBetween(
      Provider provider, int status, String code) {
    assertThat(refused(provider, status, "<html>the secret</html>").error().code()).isEqualTo(code);
    assertThat(refused(provider, status, "{\"error\":\"secret\"}").error().code()).isEqualTo(code);
    assertThat(refused(provider, status, "").error().code()).isEqualTo(code);
  }

  @Test
  void says_whenTheModelIsWithoutFaultForAnotherToBeAsked() {
    assertThat(refused(Provider.OPENAI, 402, "").providersFault()).isTrue();
    assertThat(refused(Provider.OPENAI, 413, "").providersFault()).isTrue();
    assertThat(refused(Provider.OPENAI, 400, "").providersFault()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC, 429, retry-after,    7,                             7000",
    "ANTHROPIC, 529, Retry-After,    7,                             7000",
    "ANTHROPIC, 500, retry-after,    'Thu, 01 Jan 2026 00:00:30 GMT', 30000",
    "ANTHROPIC, 429, anthropic-ratelimit-input-tokens-reset, 2026-01-01T00:00:09Z, 9000",
    "OPENAI,    429, retry-after-ms, 250,                           250",
    "OPENAI,    503, retry-after,    2,                             2000",
    "OPENAI,    429, x-ratelimit-reset-requests, 6m0s,              360000",
    "OPENAI,    429, x-ratelimit-reset-tokens,   20ms,              20",
  })
  void tellsHowLongTheProviderWantsToBeLeftAlone(
      Provider provider, int status, String header, String value, long millis) {
    assertThat(
            LlmOnWireMock.failure(server, provider, answer(status, "{}").withHeader(header, value))
                .retryAfter())
        .contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"ANTHROPIC", "OPENAI"})
  void tellsNothingOfThat_whereTheProviderDoesNot(Provider provider) {
    assertThat(refused(provider, 429, "{}").retryAfter()).isEmpty();
  }
}
