package dev.promptlab.generate.http;

import dev.promptlab.outage.OutageException;
import dev.promptlab.queue.JobQueueUnavailableException;
import dev.promptlab.rdsdata.DatabaseUnavailableException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns refusals and faults of stores into problems, so that each answer is one of the contract's.
 */
public final class Refusals {
  private static final String RETRY_AFTER_SECONDS = "5";

  /** What a sleeping Aurora takes to wake. */
  private static final String AWAKE_AFTER_SECONDS = "15";

  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private Refusals() {}

  public static ApiReply answered(ApiRequest request, Supplier<ApiReply> answer) {
    try {
      return answer.get();
    } catch (RefusedException e) {
      return e.problem().toReply(request);
    } catch (DatabaseUnavailableException e) {
      return e.isWaking()
          ? unavailable(request, "The database is waking up", AWAKE_AFTER_SECONDS, e)
          : unavailable(request, "The database is not available", RETRY_AFTER_SECONDS, e);
    } catch (JobQueueUnavailableException e) {
      return unavailable(request, "The queue is not available", RETRY_AFTER_SECONDS, e);
    } catch (RuntimeException e) {
      LOG.error("Request {} failed", request.requestId(), e);
      return Problem.of(
              500,
              "internal-error",
              "Something went wrong here",
              "The fault is logged under this request's id.")
          .toReply(request);
    }
  }

  private static ApiReply unavailable(
      ApiRequest request, String title, String retryAfterSeconds, OutageException outage) {
    LOG.error("Request {} refused: {}", request.requestId(), outage.getMessage());
    LOG.debug("Request {}", request.requestId(), outage);
    return Problem.of(
            503,
            "job-store-unavailable",
            title,
            "It is not certain that the request was carried out. Try again later.")
        .withHeader("Retry-After", retryAfterSeconds)
        .toReply(request);
  }
}
