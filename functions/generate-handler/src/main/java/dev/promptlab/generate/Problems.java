package dev.promptlab.generate;

import dev.promptlab.generate.http.JsonBody;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RateLimitHeaders;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.templates.PromptTooLargeException;
import dev.promptlab.templates.VariableMismatchException;
import java.time.Duration;

/** The refusals that more than one resource makes. */
final class Problems {
  private Problems() {}

  static Problem rateLimited(RateLimitDecision.Denied denied) {
    long seconds = RateLimitHeaders.wholeSeconds(denied.untilReset());
    return Problem.of(
            429,
            "rate-limited",
            "Too many requests",
            "At most %d requests in %d s; one more is admitted in %d s."
                .formatted(denied.limit().limit(), denied.limit().window().toSeconds(), seconds))
        .withMember("limit", denied.limit().limit())
        .withMember("windowSeconds", denied.limit().window().toSeconds())
        .withMember("retryAfterMs", denied.untilReset().toMillis())
        .withHeaders(RateLimitHeaders.of(denied))
        .withHeader("Retry-After", Long.toString(seconds));
  }

  static Problem rateLimiterUnavailable(Duration retryAfter) {
    return Problem.of(
            503,
            "rate-limiter-unavailable",
            "The rate limiter is not available",
            "Requests are refused until it can be asked again; nothing was queued.")
        .withHeader("Retry-After", Long.toString(RateLimitHeaders.wholeSeconds(retryAfter)));
  }

  static RefusedException templateNotFound(String templateId) {
    return notFound("template", "There is no template \"" + templateId + "\".");
  }

  static RefusedException promptTooLarge(PromptTooLargeException e) {
    return JsonBody.tooLarge("With this input " + e.getMessage() + ".");
  }

  static RefusedException mismatch(VariableMismatchException e) {
    return new RefusedException(
        Problem.invalidRequest(
            e.problems().stream()
                .map(problem -> new Problem.FieldError("input", problem))
                .toList()));
  }

  static RefusedException forbidden(String detail) {
    return new RefusedException(Problem.of(403, "forbidden", "Not allowed", detail));
  }

  static RefusedException noSuchPath() {
    return new RefusedException(
        Problem.of(404, "not-found", "No such path", "There is nothing at this path."));
  }

  static RefusedException notFound(String what, String detail) {
    return new RefusedException(
        Problem.of(404, what + "-not-found", "No such " + what.replace('-', ' '), detail));
  }
}
