package dev.promptlab.local.services;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which servers {@link LocalServices} starts itself, and where they keep their data.
 *
 * @param redisUrl a Redis of the user's own, such as {@code redis://localhost:6379}
 * @param databaseUrl a PostgreSQL of the user's own, as {@code jdbc:postgresql://…} or {@code
 *     postgresql://user:password@host:port/name}; it is migrated
 * @param sqsEndpoint an SQS of the user's own; the queues are made there
 * @param data the folder in which the built-in Redis and PostgreSQL keep their data between runs;
 *     without it nothing is kept
 */
public record LocalServicesSettings(
    Optional<URI> redisUrl,
    Optional<String> databaseUrl,
    Optional<URI> sqsEndpoint,
    Optional<Path> data) {
  /** Everything built in, nothing kept. */
  public static LocalServicesSettings embedded() {
    return new LocalServicesSettings(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Everything built in, the data kept in a folder. */
  public static LocalServicesSettings keptIn(Path data) {
    return new LocalServicesSettings(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(data));
  }
}
