package dev.promptlab.generate;

import java.util.Map;

/** Which resource answers which method and path. Thread-safe. */
final class Router {
  private static final String JOBS = "/jobs/";

  private final GenerateResource generate;
  private final JobsResource jobs;

  Router(GenerateResource generate, JobsResource jobs) {
    this.generate = generate;
    this.jobs = jobs;
  }

  ApiReply route(ApiRequest request) {
    String path = request.path();
    if (path.equals("/generate")) {
      requireMethod(request, "POST");
      return generate.post(request);
    }
    if (path.startsWith(JOBS)
        && path.indexOf('/', JOBS.length()) < 0
        && path.length() > JOBS.length()) {
      requireMethod(request, "GET");
      return jobs.get(request, path.substring(JOBS.length()));
    }
    if (path.equals("/health")) {
      requireMethod(request, "GET");
      return ApiReply.json(200, Map.of("status", "ok"));
    }
    throw new RefusedException(
        Problem.of(404, "not-found", "No such path", "There is nothing at this path."));
  }

  private static void requireMethod(ApiRequest request, String method) {
    if (!request.method().equals(method)
        && !(method.equals("GET") && request.method().equals("HEAD"))) {
      String allowed = method.equals("GET") ? "GET, HEAD" : method;
      throw new RefusedException(
          Problem.of(
                  405,
                  "method-not-allowed",
                  "The path has no such method",
                  "Allowed here: " + allowed + ".")
              .withHeader("Allow", allowed));
    }
  }
}
