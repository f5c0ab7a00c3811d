package dev.promptlab.queue.sqs;

import dev.promptlab.local.services.LocalSqs;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class ElasticMqJobQueueIT extends SqsJobQueueContract {
  private static LocalSqs server;

  @BeforeAll
  static void start() {
    server = LocalSqs.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  URI endpoint() {
    return server.endpoint();
  }
}
