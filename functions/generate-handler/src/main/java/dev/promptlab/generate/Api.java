package dev.promptlab.generate;

import dev.promptlab.generate.Router.Route;
import dev.promptlab.jobs.CostBound;
import dev.promptlab.jobs.UuidV7;
import dev.promptlab.queue.JobIntake;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** The HTTP API over its ports: every resource, and the routes to them; the page, if wanted. */
final class Api {
  private final GenerateResource generate;
  private final JobsResource jobs;
  private final TemplatesResource templates;
  private final CacheResource cache;
  private final ApiKeysResource keys;
  private final AccountsResource accounts;
  private final HealthResource health;
  private final MetricsResource metrics;
  private final InvalidationNews news;
  private final List<Route> page;

  Api(Ports ports, GenerateSettings settings, Clock clock) {
    UuidV7 newId = new UuidV7(clock);
    Admission admission =
        new Admission(
            ports.copies().keys(),
            ports.flight(),
            ports.limiter(),
            settings.limits(),
            ports.metrics(),
            clock);
    Gate gate =
        new Gate(
            new CallerIdentification(settings.anonymousAccess(), settings.proxies()),
            admission,
            ports.accounts(),
            clock);
    Changes changes = new Changes(ports.epoch(), ports.changeLog(), ports.sweeps());
    Budgets budgets = new Budgets(ports.accounts(), clock);
    JobWaiting waiting = new JobWaiting(ports.jobs(), ports.waits());
    GenerateService service =
        new GenerateService(
            settings.providers(),
            ports.copies(),
            ports.cache(),
            ports.popularity(),
            ports.jobs(),
            new JobIntake(ports.jobs(), ports.sweeps(), ports.queue()),
            new CostBound(settings.prices(), settings.models()),
            budgets,
            newId,
            clock,
            settings.jobDeadline());
    generate = new GenerateResource(gate, service, waiting, ports.metrics(), clock);
    jobs =
        new JobsResource(
            gate,
            ports.jobs(),
            waiting,
            ports.ends(),
            ports.parked(),
            changes,
            ports.cache(),
            ports.metrics());
    templates = new TemplatesResource(gate, ports.templates(), ports.copies().templates(), changes);
    news =
        new InvalidationNews(
            ports.invalidationChannel(), ports.epoch(), ports.copies().invalidations());
    cache = new CacheResource(gate, ports.invalidations(), ports.cache(), changes, news);
    keys = new ApiKeysResource(gate, ports.accounts(), changes, newId, clock);
    accounts = new AccountsResource(gate, ports.accounts(), changes, settings.limits(), budgets);
    health = new HealthResource(gate, ports.healthChecks());
    metrics = new MetricsResource(gate, ports.metrics());
    page = settings.page() ? new PageResource(settings.providers()).routes() : List.of();
  }

  /** Begins to hear of what other instances are told. */
  void listen() {
    news.listen();
  }

  Router router() {
    // The page's come last: no request of the API is compared with them.
    return new Router(Stream.concat(routes().stream(), page.stream()).toList());
  }

  private List<Route> routes() {
    return List.of(
        new Route("POST", "/generate", (request, _) -> generate.post(request)),
        new Route("GET", "/jobs", (request, _) -> jobs.list(request)),
        new Route("GET", "/jobs/{jobId}", jobs::get),
        new Route("DELETE", "/jobs/{jobId}", jobs::withdraw),
        new Route("DELETE", "/jobs/{jobId}/content", jobs::eraseContent),
        new Route("GET", "/templates", (request, _) -> templates.list(request)),
        new Route("GET", "/templates/{templateId}", templates::get),
        new Route("PUT", "/templates/{templateId}", templates::put),
        new Route("POST", "/templates/{templateId}/render", templates::render),
        new Route("POST", "/cache/invalidate", (request, _) -> cache.invalidate(request)),
        new Route("GET", "/api-keys", (request, _) -> keys.list(request)),
        new Route("POST", "/api-keys", (request, _) -> keys.create(request)),
        new Route("DELETE", "/api-keys/{keyId}", keys::revoke),
        new Route("POST", "/api-keys/{keyId}/rotate", keys::rotate),
        new Route("GET", "/account", (request, _) -> accounts.own(request)),
        new Route("PUT", "/accounts/{account}", accounts::put),
        new Route("GET", "/health", (request, _) -> health.get(request)),
        new Route("GET", "/metrics", (request, _) -> metrics.get(request)));
  }
}
