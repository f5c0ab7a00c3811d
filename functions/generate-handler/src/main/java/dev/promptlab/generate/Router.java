package dev.promptlab.generate;

import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Which resource answers which method and path. Immutable. */
final class Router {
  private final List<Route> routes;

  Router(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  /** Answers one kind of request; of a path with a parameter, that is the argument. */
  interface Endpoint {
    ApiReply answer(ApiRequest request, String parameter);
  }

  /**
   * One kind of request.
   *
   * @param path with at most one parameter, as {@code /jobs/{id}}
   */
  record Route(String method, String path, Endpoint endpoint) {
    /**
     * The parameter in a path of this kind, or an empty text if there is none; empty if it is of
     * another kind.
     */
    Optional<String> match(String requested) {
      String[] pattern = path.split("/", -1);
      String[] segments = requested.split("/", -1);
      if (pattern.length != segments.length) {
        return Optional.empty();
      }
      String parameter = "";
      for (int i = 0; i < pattern.length; i++) {
        if (pattern[i].startsWith("{") && !segments[i].isEmpty()) {
          parameter = segments[i];
        } else if (!pattern[i].equals(segments[i])) {
          return Optional.empty();
        }
      }
      return Optional.of(parameter);
    }
  }

  /** All there are. */
  List<Route> routes() {
    return routes;
  }

  ApiReply route(ApiRequest request) {
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      Optional<String> parameter = route.match(request.path());
      if (parameter.isEmpty()) {
        continue;
      }
      List<String> methods = new ArrayList<>(List.of(route.method()));
      if (route.method().equals("GET")) {
        methods.add("HEAD");
      }
      if (methods.contains(request.method())) {
        return route.endpoint().answer(request, parameter.get());
      }
      allowed.addAll(methods);
    }
    if (allowed.isEmpty()) {
      throw Problems.noSuchPath();
    }
    String methods = String.join(", ", allowed);
    throw new RefusedException(
        Problem.of(
                405,
                "method-not-allowed",
                "The path has no such method",
                "Allowed here: " + methods + ".")
            .withHeader("Allow", methods));
  }
}
