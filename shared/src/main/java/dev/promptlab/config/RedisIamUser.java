package dev.promptlab.config;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom a serverless cache of ElastiCache lets in for the role that the function has, instead of for
 * a password: {@code iam=USER:CACHE:REGION} in the query of a URL of Redis.
 *
 * @param user the id, which is also the name, of a user of ElastiCache with IAM authentication
 * @param cache the cache's name
 * @param region the cache's region
 */
public record RedisIamUser(String user, String cache, String region) {
  private static final Pattern PARAMETER = Pattern.compile("[?&]iam=([^&#]*)");
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

  public RedisIamUser {
    if (!NAME.matcher(user).matches()
        || !NAME.matcher(cache).matches()
        || !NAME.matcher(region).matches()) {
      throw new IllegalArgumentException("no user, cache and region");
    }
  }

  /**
   * The user in a URL of Redis; empty if it names none.
   *
   * @throws IllegalArgumentException if what it names is none, or would be sent without TLS
   */
  public static Optional<RedisIamUser> of(URI url) {
    Matcher parameter = PARAMETER.matcher(url.toString());
    if (!parameter.find()) {
      return Optional.empty();
    }
    String[] parts = parameter.group(1).split(":", -1);
    if (parts.length != 3 || !url.toString().startsWith("rediss")) {
      throw new IllegalArgumentException("not USER:CACHE:REGION, or no TLS");
    }
    return Optional.of(new RedisIamUser(parts[0], parts[1], parts[2]));
  }
}
