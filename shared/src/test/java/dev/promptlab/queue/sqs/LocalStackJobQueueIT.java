package dev.promptlab.queue.sqs;

import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

@Tag("docker")
final class LocalStackJobQueueIT extends SqsJobQueueContract {
  private static LocalStackContainer server;

  @BeforeAll
  static void start() {
    // Pinned: later versions want a licence token.
    server =
        new LocalStackContainer(DockerImageName.parse("localstack/localstack:4.14.0"))
            .withServices("sqs");
    server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  URI endpoint() {
    return server.getEndpoint();
  }
}
