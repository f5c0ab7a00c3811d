package dev.promptlab.templates;

/** Who may be answered with a result: the account that made it, or everybody. */
public enum CacheScope {
  ACCOUNT,
  SHARED
}
