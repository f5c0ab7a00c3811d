package dev.promptlab.local.services;

import com.typesafe.config.ConfigFactory;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.scaladsl.Http;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder$;

/**
 * An SQS inside this JVM (ElasticMQ), on a free port of 127.0.0.1, with the queues {@value
 * Queues#JOBS} and {@value Queues#DEAD_LETTERS}. Messages live in memory. Thread-safe.
 */
public final class LocalSqs implements AutoCloseable {
  private final ActorSystem actors;
  private final URI endpoint;
  private final Queues queues;

  private LocalSqs(ActorSystem actors, URI endpoint, Queues queues) {
    this.actors = actors;
    this.endpoint = endpoint;
    this.queues = queues;
  }

  /**
   * Starts it and makes the queues.
   *
   * @throws LocalServicesException if it cannot be started
   */
  public static LocalSqs start() {
    ActorSystem actors = quietActors();
    try {
      SQSRestServer server =
          SQSRestServerBuilder$.MODULE$
              .withActorSystem(actors)
              .withInterface("127.0.0.1")
              .withDynamicPort()
              .start();
      Http.ServerBinding binding = server.waitUntilStarted();
      URI endpoint = URI.create("http://127.0.0.1:" + binding.localAddress().getPort());
      return new LocalSqs(actors, endpoint, Queues.create(endpoint));
    } catch (RuntimeException e) {
      actors.terminate();
      throw e instanceof LocalServicesException
          ? e
          : new LocalServicesException(
              "SQS could not be started: " + LocalServicesException.reason(e), e);
    }
  }

  private static ActorSystem quietActors() {
    Map<String, Object> quiet =
        Map.of(
            "pekko.loglevel", "ERROR",
            "pekko.stdout-loglevel", "OFF",
            "pekko.log-dead-letters", "off",
            "pekko.log-dead-letters-during-shutdown", "off",
            "pekko.daemonic", "on",
            // Whoever owns this closes it; the actors' own hook would race with that.
            "pekko.coordinated-shutdown.run-by-jvm-shutdown-hook", "off");
    ClassLoader loader = LocalSqs.class.getClassLoader();
    return ActorSystem.create(
        "promptlab-sqs",
        ConfigFactory.parseMap(quiet).withFallback(ConfigFactory.load(loader)),
        loader);
  }

  /** Where the SDK finds it. */
  public URI endpoint() {
    return endpoint;
  }

  /** The queue of jobs. */
  public String queueUrl() {
    return queues.jobsUrl();
  }

  /** The queue of messages that were received too often. */
  public String deadLetterQueueUrl() {
    return queues.deadLettersUrl();
  }

  Queues queues() {
    return queues;
  }

  /** Stops it; the messages are gone. Does nothing the second time. */
  @Override
  public void close() {
    if (!actors.whenTerminated().isCompleted()) {
      // Ends the HTTP server with it, at once: its own stop waits a minute for a poll that was cut
      // off.
      actors.terminate();
      try {
        actors.getWhenTerminated().toCompletableFuture().join();
      } catch (CompletionException e) {
        throw new LocalServicesException(
            "SQS did not stop: " + LocalServicesException.reason(e), e);
      }
    }
  }
}
