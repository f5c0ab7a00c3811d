package dev.promptlab.generate;

import dev.promptlab.generate.Router.Route;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.ETags;
import dev.promptlab.generation.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /}: a page to try the API with, and its files under {@code /page/}. They are resources
 * of this function, read when they are first asked for; no store is asked, no key is looked at, and
 * no limit counts them. Thread-safe.
 */
final class PageResource {
  private static final String FOLDER = "page/";
  private static final String DOCUMENT = "index.html";

  /** What may be asked for by name: it can be no path. */
  private static final Pattern FILE = Pattern.compile("[a-z]+\\.(css|js|svg)");

  private static final Map<String, String> MEDIA_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
              + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "Referrer-Policy",
          "no-referrer",
          // Kept, but asked for each time: a deployment never mixes its files with older ones.
          "Cache-Control",
          "no-cache");

  private final Set<Provider> providers;
  private final Map<String, ApiReply> read = new ConcurrentHashMap<>();

  /**
   * Reads nothing yet.
   *
   * @param providers those that the page is to offer
   */
  PageResource(Set<Provider> providers) {
    this.providers = providers;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/", (request, _) -> answer(request, DOCUMENT, "html")),
        new Route("GET", "/page/{file}", this::file));
  }

  private ApiReply file(ApiRequest request, String name) {
    Matcher known = FILE.matcher(name);
    if (!known.matches()) {
      throw Problems.noSuchPath();
    }
    return answer(request, name, known.group(1));
  }

  private ApiReply answer(ApiRequest request, String name, String extension) {
    ApiReply reply = read.computeIfAbsent(name, _ -> read(name, extension));
    if (reply == null) {
      throw Problems.noSuchPath();
    }
    return ETags.noneMatch(request, String.valueOf(reply.headers().get("ETag")))
        ? new ApiReply(304, reply.headers(), "")
        : reply;
  }

  private @Nullable ApiReply read(String name, String extension) {
    try (InputStream file = PageResource.class.getResourceAsStream(FOLDER + name)) {
      if (file == null) {
        return null;
      }
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      if (name.equals(DOCUMENT)) {
        text = withoutOtherProviders(text);
      }
      return ApiReply.text(200, MEDIA_TYPES.getOrDefault(extension, ""), text)
          .with(HEADERS)
          .with("ETag", etag(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String withoutOtherProviders(String document) {
    String offered = document;
    for (Provider other : Provider.values()) {
      if (!providers.contains(other)) {
        offered =
            offered.replaceFirst(
                "\\s*<option value=\"%s\">[^<]*</option>".formatted(other.wireName()), "");
      }
    }
    return offered;
  }

  private static String etag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "\"" + HexFormat.of().formatHex(digest, 0, 16) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
