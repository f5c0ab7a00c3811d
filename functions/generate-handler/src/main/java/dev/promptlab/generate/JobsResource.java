package dev.promptlab.generate;

import dev.promptlab.accounts.Caller;
import dev.promptlab.jobs.Job;
import dev.promptlab.jobs.JobStore;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/** {@code GET /jobs/{id}}. Asks the database alone, so it works with Redis down. Thread-safe. */
final class JobsResource {
  private final CallerIdentification callers;
  private final JobStore jobs;

  JobsResource(CallerIdentification callers, JobStore jobs) {
    this.callers = callers;
    this.jobs = jobs;
  }

  ApiReply get(ApiRequest request, String id) {
    Caller caller = callers.identify(request);
    Job job =
        uuid(id)
            .flatMap(jobs::find)
            .filter(found -> found.visibleTo(caller.account()))
            .orElseThrow(
                () ->
                    new RefusedException(
                        Problem.of(
                            404, "job-not-found", "No such job", "There is no job of that id.")));
    ApiReply reply = ApiReply.json(200, JobBody.of(job, false, false));
    String etag = etag(reply.body());
    boolean unchanged =
        request
            .header("if-none-match")
            .filter(
                tags ->
                    Arrays.stream(tags.split(","))
                        .map(String::strip)
                        .anyMatch(tag -> matches(tag, etag)))
            .isPresent();
    reply = (unchanged ? ApiReply.empty(304) : reply).with("ETag", etag);
    return job.status().ended() ? reply : reply.with("Retry-After", "1");
  }

  /** RFC 9110's weak comparison. */
  private static boolean matches(String tag, String etag) {
    return tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag);
  }

  private static String etag(String body) {
    CRC32C checksum = new CRC32C();
    checksum.update(body.getBytes(StandardCharsets.UTF_8));
    return "\"" + HexFormat.of().toHexDigits((int) checksum.getValue()) + "\"";
  }

  /** Strict: {@link UUID#fromString} takes shortened forms too. */
  private static Optional<UUID> uuid(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      return Optional.of(uuid).filter(parsed -> parsed.toString().equalsIgnoreCase(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
