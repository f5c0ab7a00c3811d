package dev.promptlab.ratelimit.redis;

import dev.promptlab.ratelimit.RandomSchedule.Step;
import dev.promptlab.ratelimit.ReferenceRateLimiter.Answer;
import dev.promptlab.redis.RedisConnection;
import dev.promptlab.redis.RedisScript;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Runs a store's own scripts on a real Redis, in a time that the test tells. The scripts are taken
 * as they are and put into one that wraps {@code redis.call}, so that {@code TIME} answers what the
 * test wants; and that looks, after each step, at what the step has changed. Hundreds of steps are
 * one round trip.
 */
final class VirtualTime {
  private static final int STEP_BYTES = 26;
  private final RedisConnection redis;
  private final RedisScript script;

  /**
   * What a step did.
   *
   * @param answer nothing to a refund
   * @param wrote whether the key or when it expires is another now
   * @param ttl as {@code PTTL} says: -1 without one, -2 without the key
   */
  record Outcome(Answer answer, boolean wrote, long ttl) {}

  VirtualTime(RedisConnection redis, RateLimitStore store) {
    this.redis = redis;
    this.script =
        RedisScript.of(
            RedisScript.fromResource(VirtualTime.class, "virtual-time.lua")
                .source()
                .replace("-- CHECK", store.checkScript().source())
                .replace("-- REFUND", store.refundScript().source()));
  }

  /** The steps of one identity, from an empty window. */
  List<Outcome> run(List<Step> steps) {
    ByteBuffer arguments = ByteBuffer.allocate(STEP_BYTES * steps.size());
    for (Step step : steps) {
      arguments
          .putInt(step.isRefund() ? 0 : step.limit())
          .putLong(step.now())
          .putLong(step.window())
          .put(RedisRateLimiter.shortened(step.requestId()));
    }
    List<Object> reply =
        redis.evaluate(script, "virtual-time:" + UUID.randomUUID(), arguments.array());
    return outcomes(ByteBuffer.wrap((byte[]) reply.getFirst()));
  }

  private static List<Outcome> outcomes(ByteBuffer answers) {
    List<Outcome> outcomes = new ArrayList<>();
    while (answers.hasRemaining()) {
      boolean admitted = answers.getInt() == 1;
      Answer answer = new Answer(admitted, answers.getInt(), answers.getLong(), answers.getLong());
      outcomes.add(new Outcome(answer, answers.getInt() == 1, answers.getLong()));
    }
    return outcomes;
  }
}
