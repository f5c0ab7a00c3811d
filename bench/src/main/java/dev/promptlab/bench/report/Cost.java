package dev.promptlab.bench.report;

import dev.promptlab.bench.PartResult;
import dev.promptlab.bench.PartResult.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What hits and misses cost on AWS, from what was measured here and from list prices of us-east-1
 * (2025, in US dollars, free tiers left out), beside a proxy on servers that always run.
 */
final class Cost {
  /** A GB and second of Lambda on arm64. */
  private static final double GB_SECOND = 0.0000133334;

  private static final double LAMBDA_REQUEST = 0.20;
  private static final double HTTP_API = 1.00;
  private static final double REDIS_AND_LOGS = 0.52;
  private static final double DATA_API_CALL = 0.35;
  private static final double SQS_REQUEST = 0.40;

  /** A GB function's part of a processor. */
  private static final double SHARE = 0.58;

  /** Redis over the network of a zone, and the runtime's own: not measured here. */
  private static final double AWAY_MILLIS = 2;

  private static final double LLM_SECONDS = 3;

  /** Idle, as in docs/deployment.md. */
  private static final double IDLE = 94;

  /** Two Fargate tasks of a vCPU and 2 GB, a load balancer; Redis, database and NAT as ours. */
  private static final double TASK = 36.04;

  private static final double LOAD_BALANCER = 18;
  private static final double SAME_REDIS_DATABASE_NAT = 86;
  private static final double LITELLM_PER_TASK = 280;
  private static final double PEAK = 10;
  private static final double SECONDS_OF_A_MONTH = 2_628_000;

  private Cost() {}

  static String section(List<PartResult> results) {
    Map<String, Figure> figures = Report.byId(results);
    Figure cpu = figures.get("http-cpu");
    if (cpu == null) {
      return "";
    }
    // The HTTP server's part is in it: Lambda's runtime does as much.
    double hitMillis = Math.ceil(cpu.median() / SHARE + AWAY_MILLIS);
    double missMillis = Math.ceil(3 * hitMillis + 20);
    double hit = HTTP_API + LAMBDA_REQUEST + REDIS_AND_LOGS + hitMillis * 1_000 * GB_SECOND;
    StringBuilder text = new StringBuilder();
    text.append(
        """
        ## What it costs on AWS

        Per million, in US dollars, from list prices of us-east-1 (2025, not verified since) and the CPU time above; a
        function of 1 GB has %.2f of a processor, and %.0f ms for Redis and the runtime are assumed. Nothing here has been
        measured on AWS. [Costs and limits](scaling.md) has the other parts.

        | | billed | functions | with HTTP API, Redis, logs, Data API and queue |
        |---|---|---|---|
        | a hit | %.0f ms × 1 GB | %.2f | %.2f |
        """
            .formatted(
                SHARE,
                AWAY_MILLIS,
                hitMillis,
                LAMBDA_REQUEST + hitMillis * 1_000 * GB_SECOND,
                hit));
    for (int batch : new int[] {1, 10}) {
      double functions =
          LAMBDA_REQUEST
              + missMillis * 1_000 * GB_SECOND
              + (LAMBDA_REQUEST + LLM_SECONDS * 1e6 * GB_SECOND) / batch;
      text.append(
          "| a miss, %d in a batch | %.0f ms + %.0f s ÷ %d, × 1 GB | %.2f | %.2f |\n"
              .formatted(
                  batch,
                  missMillis,
                  LLM_SECONDS,
                  batch,
                  functions,
                  functions
                      + HTTP_API
                      + 2 * REDIS_AND_LOGS
                      + 3 * DATA_API_CALL
                      + SQS_REQUEST * (1 + 2.0 / batch)));
    }
    text.append(
        """

        A month of hits beside a pair of LiteLLM's proxies on Fargate (a vCPU and 2 GB each, a load balancer, the same
        Redis, database and NAT gateway; 280 hits a second each, and peaks of ten times the mean, for which tasks are added):

        | hits a month | PromptLab | LiteLLM on Fargate |
        |---|---|---|
        """);
    for (int millions : new int[] {1, 10, 100, 1_000}) {
      double perSecond = millions * 1e6 / SECONDS_OF_A_MONTH * PEAK;
      double tasks = Math.max(2, Math.ceil(perSecond / LITELLM_PER_TASK));
      text.append(
          "| %,d million | %,.0f | %,.0f |\n"
              .formatted(
                  millions,
                  IDLE + millions * hit,
                  tasks * TASK + LOAD_BALANCER + SAME_REDIS_DATABASE_NAT));
    }
    text.append(
        "\nSo functions cost less up to some tens of millions of hits a month, and servers that always run cost less beyond."
            + " Both save the LLM calls, which cost more than either.\n");
    List<String> lines = new ArrayList<>(text.toString().lines().toList());
    return String.join("\n", lines);
  }
}
