package dev.promptlab.local.services.rdsdata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.promptlab.local.services.http.LoopbackServer;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side of the API: reads a call, lets it run, writes its answer. Thread-safe. */
public final class RdsDataEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RdsDataEndpoint.class);
  private static final int MAX_REQUEST_BYTES = 4 * 1024 * 1024;

  private final ObjectMapper json =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private final Connections connections;
  private final Operations operations;
  private final LoopbackServer server;

  private RdsDataEndpoint(DataSource source, Duration transactionIdle, Duration statementTimeout)
      throws IOException {
    this.connections = new Connections(source);
    this.operations = new Operations(connections, transactionIdle, statementTimeout);
    this.server = LoopbackServer.start(this::handle);
  }

  /**
   * Starts the endpoint on a free port of 127.0.0.1.
   *
   * @param transactionIdle after how long without a call a transaction is rolled back
   * @param statementTimeout after how long a statement is cancelled; counted in whole seconds
   * @throws IOException if no port can be opened
   */
  public static RdsDataEndpoint start(
      DataSource source, Duration transactionIdle, Duration statementTimeout) throws IOException {
    return new RdsDataEndpoint(source, transactionIdle, statementTimeout);
  }

  /** Where the SDK finds it. */
  public URI url() {
    return server.url();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      int status = 200;
      try {
        answer = operations.run(exchange.getRequestURI().getPath(), read(exchange));
      } catch (RdsDataException e) {
        status = e.type().status();
        exchange.getResponseHeaders().set("x-amzn-ErrorType", e.type().wireName());
        answer.put("message", e.message());
      } catch (SQLException | RuntimeException e) {
        LOG.error("A Data API call failed", e);
        status = RdsDataException.Type.INTERNAL.status();
        exchange
            .getResponseHeaders()
            .set("x-amzn-ErrorType", RdsDataException.Type.INTERNAL.wireName());
        answer.put("message", "The call failed inside the endpoint.");
      }
      write(exchange, status, answer);
    }
  }

  private CallRequest read(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      throw Operations.unknown(exchange.getRequestMethod());
    }
    byte[] body = exchange.getRequestBody().readNBytes(MAX_REQUEST_BYTES + 1);
    if (body.length > MAX_REQUEST_BYTES) {
      throw new RdsDataException(
          RdsDataException.Type.TOO_LARGE, "The request is larger than 4 MiB.");
    }
    try {
      return new CallRequest(json.readTree(body));
    } catch (JsonProcessingException e) {
      throw CallRequest.serialization("the body is not JSON: " + e.getOriginalMessage());
    }
  }

  private void write(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
    byte[] body = json.writeValueAsBytes(answer);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("x-amzn-RequestId", UUID.randomUUID().toString());
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Stops it; open transactions are rolled back. */
  @Override
  public void close() {
    server.close();
    operations.close();
    connections.close();
  }
}
