package dev.promptlab.local.server.gateway;

import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** The identifiers that API Gateway gives to a request. Safe for use by several threads. */
final class GatewayIds {
  private GatewayIds() {}

  /** Unique, and of the form that HTTP APIs use: {@code JKJaXmPLvHcESHA=}. */
  static String requestId() {
    byte[] bytes = new byte[11];
    ThreadLocalRandom.current().nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes);
  }

  /** An X-Ray root: {@code Root=1-<seconds in hex>-<96 random bits in hex>}. */
  static String traceRoot(Instant time) {
    byte[] bytes = new byte[12];
    ThreadLocalRandom.current().nextBytes(bytes);
    return "Root=1-%08x-%s".formatted(time.getEpochSecond(), HexFormat.of().formatHex(bytes));
  }
}
