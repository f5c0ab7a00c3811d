package dev.promptlab.generate;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.promptlab.accounts.ApiKey;
import dev.promptlab.accounts.KeyHash;
import dev.promptlab.accounts.Role;
import dev.promptlab.accounts.Tier;
import dev.promptlab.cache.CachedResult;
import dev.promptlab.cache.InputHash;
import dev.promptlab.cache.Invalidations;
import dev.promptlab.cache.Popularity;
import dev.promptlab.epoch.EpochCopy;
import dev.promptlab.epoch.EpochReading;
import dev.promptlab.epoch.SharedCopy;
import dev.promptlab.epoch.Stamped;
import dev.promptlab.flight.Flight;
import dev.promptlab.flight.FlightReply;
import dev.promptlab.generation.FinishReason;
import dev.promptlab.generation.Generation;
import dev.promptlab.generation.Provider;
import dev.promptlab.generation.TokenUsage;
import dev.promptlab.json.CompactJson;
import dev.promptlab.json.StrictJson;
import dev.promptlab.observability.Counter;
import dev.promptlab.observability.FleetMetrics;
import dev.promptlab.pricing.UsdAmount;
import dev.promptlab.ratelimit.RateLimitDecision;
import dev.promptlab.templates.CacheScope;
import dev.promptlab.templates.ModelParameters;
import dev.promptlab.templates.PromptTemplate;
import dev.promptlab.templates.TemplateDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Ports on which every request is a hit, of a caller, a template and a result that there are not.
 * What would come from Redis takes the forms that it has there, and is read out of them.
 */
final class StagedPorts {
  static final String TEMPLATE = "priming";

  /** Long enough to be compressed. */
  private static final String OUTPUT = "primed ".repeat(300);

  private StagedPorts() {}

  /**
   * The real ports but for those that a hit needs, on which the template and this key are known.
   */
  static Ports of(Ports real, KeyHash key, Instant now) {
    EpochReading epoch = new EpochReading(TEMPLATE, now);
    Copies copies =
        new Copies(
            copy(epoch, Optional.of(apiKey(now)), new TypeReference<>() {}),
            copy(epoch, Optional.of(template(now)), new TypeReference<>() {}),
            copy(epoch, new Invalidations(List.of()), new TypeReference<>() {}));
    var _ = copies.keys().get(key, epoch);
    var _ = copies.templates().get(TEMPLATE, epoch);
    return real.with(flight(epoch), new Uncounted(), new Uncounted(), copies);
  }

  /** The real ports, without counting. */
  static Ports uncounted(Ports real) {
    return real.with(real.flight(), new Uncounted(), new Uncounted(), real.copies());
  }

  private static Flight flight(EpochReading epoch) {
    return (_, limit, _, asked) ->
        new FlightReply.Arrived(
            new RateLimitDecision.Admitted(
                limit, limit.limit() - 1, epoch.at().plus(limit.window()), limit.window()),
            epoch,
            asked.map(hash -> stored(result(hash, epoch.at()))));
  }

  private static ApiKey apiKey(Instant now) {
    return new ApiKey(
        UUID.randomUUID(),
        TEMPLATE,
        Tier.FREE,
        Role.CALLER,
        now,
        Optional.empty(),
        Optional.empty());
  }

  private static PromptTemplate template(Instant now) {
    TemplateDefinition definition =
        new TemplateDefinition(
            TEMPLATE,
            "{{input}}",
            Optional.empty(),
            Map.of(),
            new ModelParameters(Optional.empty(), Optional.empty()),
            Optional.of(Duration.ofHours(1)),
            CacheScope.SHARED,
            List.of());
    return new PromptTemplate(TEMPLATE, 1, definition, now);
  }

  private static CachedResult result(InputHash hash, Instant now) {
    return new CachedResult(
        UUID.randomUUID(),
        hash,
        TEMPLATE,
        TEMPLATE,
        1,
        Provider.ANTHROPIC,
        new Generation(TEMPLATE, OUTPUT, FinishReason.STOP, new TokenUsage(1, 1)),
        UsdAmount.ZERO,
        1,
        now,
        now,
        now,
        now.plusSeconds(1));
  }

  private static CachedResult stored(CachedResult result) {
    CompactJson json = CompactJson.of(result);
    try {
      return CompactJson.read(json.format(), json.body(), CachedResult.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <K, V> EpochCopy<K, V> copy(
      EpochReading epoch, V value, TypeReference<Stamped<V>> type) {
    return new EpochCopy<>(SharedCopy.none(), _ -> stored(epoch, value, type).value(), 1);
  }

  private static <V> Stamped<V> stored(
      EpochReading epoch, V value, TypeReference<Stamped<V>> type) {
    try {
      byte[] json =
          StrictJson.mapper()
              .writerFor(type)
              .writeValueAsBytes(new Stamped<>(epoch.token(), epoch.at(), value));
      return StrictJson.mapper().readValue(json, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is done here is not what callers do. */
  private static final class Uncounted implements FleetMetrics, Popularity {
    @Override
    public void add(Counter counter, long amount, String... labelValues) {}

    @Override
    public void flush() {}

    @Override
    public Map<String, Long> totals() {
      return Map.of();
    }

    @Override
    public void count(InputHash hash) {}

    @Override
    public Top top(int limit) {
      return new Top(List.of(), "");
    }
  }
}
