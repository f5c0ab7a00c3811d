package dev.promptlab.generate;

import static dev.promptlab.generate.ApiOnFakes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.generation.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page and its files, over HTTP on fakes. */
final class PageTest {
  private static final Path FOLDER = Path.of("src/main/resources/dev/promptlab/generate/page");

  private final ApiOnFakes api =
      new ApiOnFakes(Map.of("PAGE", "on", "ANONYMOUS_ACCESS", "off", "RATE_LIMITS", "anonymous=1"));

  @ParameterizedTest
  @ValueSource(strings = {"/", "/page/page.js", "/page/page.css"})
  void isNotThere_unlessItIsWanted(String path) {
    problem(new ApiOnFakes().get(path), 404, "not-found");
    problem(new ApiOnFakes(Map.of("PAGE", "off")).get(path), 404, "not-found");
  }

  @Test
  void isShown_withWhatForbidsEverythingButItsOwn() {
    APIGatewayV2HTTPResponse reply = api.get("/");
    assertThat(reply.getStatusCode()).isEqualTo(200);
    assertThat(reply.getBody()).startsWith("<!doctype html>").contains("<title>PromptLab</title>");
    assertThat(reply.getIsBase64Encoded()).isFalse();
    assertThat(reply.getHeaders())
        .containsEntry("Content-Type", "text/html; charset=utf-8")
        .containsEntry("Cache-Control", "no-cache")
        .containsEntry("Referrer-Policy", "no-referrer")
        .containsEntry("X-Content-Type-Options", "nosniff")
        .containsEntry(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
                + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    assertThat(reply.getHeaders().get("ETag")).matches("\"[0-9a-f]{32}\"");
  }

  @Test
  void servesEachOfItsFiles_underAnETagOfItsOwn() throws IOException {
    Map<String, String> etags = new TreeMap<>();
    for (String name : files()) {
      APIGatewayV2HTTPResponse reply = api.get("/page/" + name);
      assertThat(reply.getStatusCode()).as(name).isEqualTo(200);
      assertThat(reply.getBody()).as(name).isEqualTo(Files.readString(FOLDER.resolve(name)));
      assertThat(reply.getHeaders().get("Content-Type"))
          .as(name)
          .isEqualTo(
              switch (name.substring(name.lastIndexOf('.'))) {
                case ".js" -> "text/javascript; charset=utf-8";
                case ".css" -> "text/css; charset=utf-8";
                default -> "image/svg+xml";
              });
      assertThat(reply.getHeaders()).as(name).containsKey("Content-Security-Policy");
      etags.put(name, reply.getHeaders().get("ETag"));
    }
    assertThat(etags).hasSizeGreaterThan(8);
    assertThat(etags.values()).doesNotHaveDuplicates();
  }

  @Test
  void offersTheProvidersThatThereAre() {
    String all =
        Stream.of(Provider.values()).map(Provider::wireName).collect(Collectors.joining(","));
    for (String configured : List.of(all, "openai", "bedrock,anthropic")) {
      String page =
          new ApiOnFakes(Map.of("PAGE", "on", "PROVIDERS", configured, "BEDROCK_MODEL", "m"))
              .get("/")
              .getBody();
      int select = page.indexOf("<select id=\"provider\">");
      assertThat(
              Pattern.compile("<option value=\"([a-z]+)\"")
                  .matcher(page.substring(select, page.indexOf("</select>", select)))
                  .results()
                  .map(option -> option.group(1)))
          .containsExactlyInAnyOrder(configured.split(","));
    }
  }

  @Test
  void namesNoFileThatIsNotThere_andHasNoneThatNothingNames() throws IOException {
    Set<String> named = new TreeSet<>();
    Pattern name = Pattern.compile("(?:\"page/|'\\./)([a-z]+\\.[a-z]+)[\"']");
    for (String file : Stream.concat(Stream.of("index.html"), files().stream()).toList()) {
      name.matcher(Files.readString(FOLDER.resolve(file)))
          .results()
          .forEach(match -> named.add(match.group(1)));
    }
    assertThat(named).isEqualTo(files());
  }

  @Test
  void isNotSentAgain_toWhoHasIt() {
    APIGatewayV2HTTPResponse first = api.get("/page/page.js");
    String etag = String.valueOf(first.getHeaders().get("ETag"));
    for (String has : List.of(etag, "W/" + etag, "\"other\", " + etag, "*")) {
      APIGatewayV2HTTPResponse again =
          api.call("GET", "/page/page.js").header("If-None-Match", has).send();
      assertThat(again.getStatusCode()).as(has).isEqualTo(304);
      assertThat(again.getBody()).isEmpty();
      assertThat(again.getHeaders())
          .containsEntry("ETag", etag)
          .containsEntry("Cache-Control", "no-cache");
    }
    assertThat(
            api.call("GET", "/page/page.js")
                .header("If-None-Match", "\"other\"")
                .send()
                .getStatusCode())
        .isEqualTo(200);
  }

  @Test
  void answersHead_asGet_andNoOtherMethod() {
    for (String path : List.of("/", "/page/page.css")) {
      assertThat(api.call("HEAD", path).send().getStatusCode()).isEqualTo(200);
      assertThat(api.call("HEAD", path).send().getHeaders()).isEqualTo(api.get(path).getHeaders());
      APIGatewayV2HTTPResponse posted = api.call("POST", path).send();
      problem(posted, 405, "method-not-allowed");
      assertThat(posted.getHeaders()).containsEntry("Allow", "GET, HEAD");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page",
        "/page/",
        "/page/nothing.js",
        "/page/index.html",
        "/page/../page.js",
        "/page/../../PageResource.class",
        "/page/..%2fpage%2fpage.js",
        "/page/%2e%2e/page/page.js",
        "/page/..\\page.js",
        "/page/./page.js",
        "/page//page.js",
        "/page/page.js/",
        "/page/page.js\u0000",
        "/page/page.js\n",
        "/page/PAGE.JS",
        "/page/.js",
        "//",
        "/../page/page.js",
        "/index.html"
      })
  void hasNothingElse(String path) {
    problem(api.get(path), 404, "not-found");
  }

  @Test
  void needsNoKey_countsAgainstNoLimit_andAsksNobody() {
    api.flight.setDown(true);
    for (int i = 0; i < 30; i++) {
      assertThat(api.get("/").getStatusCode()).isEqualTo(200);
    }
    APIGatewayV2HTTPResponse reply = api.call("GET", "/").key(KeySecret.generate().reveal()).send();
    assertThat(reply.getStatusCode()).isEqualTo(200);
    assertThat(reply.getHeaders()).doesNotContainKey("X-RateLimit-Limit");
    assertThat(api.flight.flights()).isZero();
  }

  @Test
  void leavesTheRoutesOfTheApiAsTheyAre() {
    List<Router.Route> without = new ApiOnFakes().router().routes();
    List<Router.Route> with = api.router().routes();
    assertThat(with.subList(0, without.size()))
        .extracting(route -> route.method() + " " + route.path())
        .isEqualTo(
            without.stream()
                .map(route -> route.method() + " " + route.path())
                .collect(Collectors.toList()));
    assertThat(with).hasSize(without.size() + 2);
  }

  private static Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("index.html"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
