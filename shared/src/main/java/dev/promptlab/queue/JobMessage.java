package dev.promptlab.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.json.InvalidJsonException;
import dev.promptlab.json.StrictJson;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.UUID;

/**
 * "Run this job", as it travels through the queue: {@code {"version":1,"jobId":"<uuid>"}}. All else
 * is in the database.
 */
public record JobMessage(UUID jobId) {
  /** Raised when an older worker could not read a message any more. */
  private static final int VERSION = 1;

  private record Body(int version, UUID jobId) {
    private Body {
      Objects.requireNonNull(jobId, "jobId");
    }
  }

  public String toBody() {
    try {
      return StrictJson.mapper().writeValueAsString(new Body(VERSION, jobId));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The message in a body.
   *
   * @throws IllegalArgumentException if the body is no message of a known version; the message says
   *     why, without repeating the body
   */
  public static JobMessage ofBody(String body) {
    try {
      JsonNode json = StrictJson.parse(body);
      if (!json.isObject()) {
        throw new IllegalArgumentException("is not a JSON object");
      }
      if (json.path("version").asInt() != VERSION) {
        throw new IllegalArgumentException("is not of version " + VERSION);
      }
      return new JobMessage(StrictJson.mapper().treeToValue(json, Body.class).jobId());
    } catch (InvalidJsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("has no usable jobId", e);
    }
  }
}
