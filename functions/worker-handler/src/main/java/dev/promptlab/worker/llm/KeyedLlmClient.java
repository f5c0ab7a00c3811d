package dev.promptlab.worker.llm;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A provider whose key may be exchanged meanwhile: a call that is refused for its key is made once
 * more if there is another one by then. The first key is read when it is needed, or before, with
 * {@link #readKey}. Thread-safe.
 */
final class KeyedLlmClient implements LlmClient {
  private static final Logger LOG = LoggerFactory.getLogger(KeyedLlmClient.class);

  private final Supplier<String> key;
  private final Function<String, Optional<String>> otherKey;
  private final Function<String, LlmClient> clientOf;
  private volatile @Nullable Client current;

  private record Client(String key, LlmClient client) {}

  /**
   * A client that has not read its key yet.
   *
   * @param otherKey than the one that was refused; empty: there is none
   * @param clientOf makes the client that calls with a key
   */
  KeyedLlmClient(
      Supplier<String> key,
      Function<String, Optional<String>> otherKey,
      Function<String, LlmClient> clientOf) {
    this.key = key;
    this.otherKey = otherKey;
    this.clientOf = clientOf;
  }

  /**
   * Reads the key, unless that was done.
   *
   * @throws RuntimeException of who reads it
   */
  void readKey() {
    var _ = current();
  }

  /** Makes a client once, without a key: what that loads is loaded then. */
  void prime() {
    var _ = clientOf.apply("none");
  }

  @Override
  public LlmAnswer generate(LlmRequest request) {
    Client used = current();
    try {
      return used.client().generate(request);
    } catch (LlmException e) {
      if (!e.error().equals(LlmErrors.AUTH)) {
        throw e;
      }
      return otherKey.apply(used.key()).map(this::exchanged).orElseThrow(() -> e).generate(request);
    }
  }

  private LlmClient exchanged(String other) {
    LOG.info("The provider refused a key; there is another one now");
    Client client = new Client(other, clientOf.apply(other));
    current = client;
    return client.client();
  }

  private Client current() {
    Client known = current;
    if (known == null) {
      String first = key.get();
      known = new Client(first, clientOf.apply(first));
      current = known;
    }
    return known;
  }
}
