package dev.promptlab.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether an Ollama answers, and with which model; waits a second at most for each answer.
 */
final class OllamaProbe {
  static final URI USUAL_ADDRESS = URI.create("http://127.0.0.1:11434");

  private static final Logger log = LoggerFactory.getLogger(OllamaProbe.class);
  private static final int CONNECT_MILLIS = 300;
  private static final int READ_MILLIS = 1000;
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final ObjectMapper json = new ObjectMapper();

  private final URI baseUrl;

  OllamaProbe(URI baseUrl) {
    this.baseUrl = baseUrl;
  }

  /** Empty when nothing answers like an Ollama, or when it has no model that writes text. */
  Optional<LlmChoice.Ollama> look() {
    try {
      String version = get("/api/version").path("version").asText();
      return firstModel(get("/api/tags"))
          .map(model -> new LlmChoice.Ollama(baseUrl, version, model, speaksAnthropic(version)));
    } catch (IOException e) {
      log.debug("No Ollama at {}: {}", baseUrl, e.toString());
      return Optional.empty();
    }
  }

  private static Optional<String> firstModel(JsonNode tags) {
    return StreamSupport.stream(tags.path("models").spliterator(), false)
        .map(model -> model.path("name").asText())
        .filter(name -> !name.isEmpty() && !name.contains("embed"))
        .findFirst();
  }

  /** Ollama has Anthropic's {@code /v1/messages} since 0.14. */
  private static boolean speaksAnthropic(String version) {
    Matcher parts = VERSION.matcher(version);
    return parts.matches()
        && (Integer.parseInt(parts.group(1)) > 0 || Integer.parseInt(parts.group(2)) >= 14);
  }

  private JsonNode get(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) baseUrl.resolve(path).toURL().openConnection();
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    try (InputStream body = connection.getInputStream()) {
      return json.readTree(body);
    } finally {
      connection.disconnect();
    }
  }
}
