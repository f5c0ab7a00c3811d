package dev.promptlab.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.promptlab.accounts.Account;
import dev.promptlab.accounts.AccountStore;
import dev.promptlab.accounts.AccountStore.Creation;
import dev.promptlab.accounts.AccountStore.Rotation;
import dev.promptlab.accounts.ApiKey;
import dev.promptlab.accounts.Caller;
import dev.promptlab.accounts.KeySecret;
import dev.promptlab.accounts.Role;
import dev.promptlab.accounts.Tier;
import dev.promptlab.epoch.Committed;
import dev.promptlab.generate.http.ApiReply;
import dev.promptlab.generate.http.ApiRequest;
import dev.promptlab.generate.http.Cursor;
import dev.promptlab.generate.http.JsonBody;
import dev.promptlab.generate.http.Problem;
import dev.promptlab.generate.http.QueryParameters;
import dev.promptlab.generate.http.RefusedException;
import dev.promptlab.generate.http.Uuids;
import dev.promptlab.paging.Page;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** {@code /api-keys}: made, listed, revoked, rotated. For admins. Thread-safe. */
final class ApiKeysResource {
  private static final int MAX_BODY_BYTES = 16 * 1024;
  private static final int MAX_GRACE_SECONDS = 7 * 24 * 60 * 60;

  private final Gate gate;
  private final AccountStore accounts;
  private final Changes changes;
  private final Supplier<UUID> newKeyId;
  private final Clock clock;

  ApiKeysResource(
      Gate gate, AccountStore accounts, Changes changes, Supplier<UUID> newKeyId, Clock clock) {
    this.gate = gate;
    this.accounts = accounts;
    this.changes = changes;
    this.newKeyId = newKeyId;
    this.clock = clock;
  }

  /** A key as admins see it; its secret is there only where it has just been made. */
  private record KeyBody(
      UUID keyId,
      Optional<String> key,
      String account,
      String tier,
      String role,
      Instant createdAt,
      Optional<Instant> expiresAt,
      Optional<Instant> revokedAt) {
    static KeyBody of(ApiKey key, Optional<KeySecret> secret) {
      return new KeyBody(
          key.keyId(),
          secret.map(KeySecret::reveal),
          key.account(),
          key.tier().wireName(),
          key.role().wireName(),
          key.createdAt(),
          key.expiresAt(),
          key.revokedAt());
    }
  }

  private record NewKey(String account, Tier tier, Role role, Optional<Instant> expiresAt) {}

  ApiReply create(ApiRequest request) {
    return gate.read(
        request,
        Gate.Access.ADMIN,
        admitted -> {
          NewKey wanted = newKey(request);
          KeySecret secret = KeySecret.generate();
          changes.expect();
          return switch (accounts.create(
              newKeyId.get(),
              secret.hash(),
              wanted.account(),
              wanted.tier(),
              wanted.role(),
              wanted.expiresAt())) {
            case Creation.OtherTier(Tier tier) ->
                throw new RefusedException(
                    Problem.of(
                            409,
                            "account-exists",
                            "The account has another tier",
                            "The account \"%s\" is %s; PUT /accounts/%s changes that."
                                .formatted(wanted.account(), tier.wireName(), wanted.account()))
                        .withMember("tier", tier.wireName()));
            case Creation.Created created ->
                made(admitted.caller(), "api-key.create", created.key(), secret);
          };
        });
  }

  ApiReply list(ApiRequest request) {
    return gate.read(
        request,
        Gate.Access.ADMIN,
        _ -> {
          QueryParameters query = new QueryParameters(request);
          Optional<UUID> after =
              query.optional(
                  "cursor",
                  "must be a nextCursor",
                  text -> Cursor.read(text).flatMap(Uuids::parse));
          int limit = query.limit();
          query.requireUsable();
          Page<ApiKey> page = accounts.keys(after, limit);
          return ListBody.reply(
              page.map(key -> KeyBody.of(key, Optional.empty())),
              () -> Cursor.of(page.items().getLast().keyId().toString()));
        });
  }

  ApiReply revoke(ApiRequest request, String id) {
    return gate.read(
        request,
        Gate.Access.ADMIN,
        admitted -> {
          changes.expect();
          Committed<UUID> revoked =
              Uuids.parse(id).flatMap(accounts::revoke).orElseThrow(ApiKeysResource::noSuchKey);
          Audit.log(admitted.caller(), "api-key.revoke", id);
          changes.tell(revoked);
          return ApiReply.empty(204);
        });
  }

  ApiReply rotate(ApiRequest request, String id) {
    return gate.read(
        request,
        Gate.Access.ADMIN,
        admitted -> {
          Duration grace = grace(request);
          KeySecret secret = KeySecret.generate();
          UUID old = Uuids.parse(id).orElseThrow(ApiKeysResource::noSuchKey);
          changes.expect();
          return switch (accounts.rotate(old, newKeyId.get(), secret.hash(), grace)) {
            case Rotation.Missing() -> throw noSuchKey();
            case Rotation.Inactive() ->
                throw new RefusedException(
                    Problem.of(
                        409,
                        "api-key-not-active",
                        "The key is not good any more",
                        "It is revoked or expired: make a new one."));
            case Rotation.Rotated rotated ->
                made(admitted.caller(), "api-key.rotate " + id, rotated.key(), secret);
          };
        });
  }

  private ApiReply made(
      Caller caller, String action, Committed<ApiKey> committed, KeySecret secret) {
    ApiKey key = committed.value();
    Audit.log(
        caller,
        action,
        "key %s of account %s, %s, %s"
            .formatted(key.keyId(), key.account(), key.tier().wireName(), key.role().wireName()));
    try {
      changes.tell(committed);
    } catch (RefusedException e) {
      // It is made all the same, and would be lost.
      throw new RefusedException(
          e.problem().withMember("keyId", key.keyId()).withMember("key", secret.reveal()));
    }
    return ApiReply.json(201, KeyBody.of(key, Optional.of(secret)));
  }

  private NewKey newKey(ApiRequest request) {
    JsonBody body = JsonBody.of(request, MAX_BODY_BYTES);
    String account = body.required("account", AccountsResource.NAME_RULE, AccountsResource::name);
    Tier tier = body.required("tier", AccountsResource.TIER_RULE, AccountsResource::tier);
    Role role =
        body.optional(
                "role",
                "must be caller or admin",
                node -> Optional.ofNullable(node.textValue()).flatMap(Role::named))
            .orElse(Role.CALLER);
    Optional<Instant> expiresAt =
        body.optional("expiresAt", "must be a time to come, as 2030-01-31T00:00:00Z", this::future);
    body.refuseOthers();
    body.requireUsable();
    return new NewKey(
        Objects.requireNonNull(account), Objects.requireNonNull(tier), role, expiresAt);
  }

  private Optional<Instant> future(JsonNode node) {
    try {
      return Optional.ofNullable(node.textValue())
          .map(text -> OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS))
          .filter(time -> time.isAfter(clock.instant()))
          .filter(time -> time.isBefore(Account.END_OF_TIME));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Duration grace(ApiRequest request) {
    JsonBody body = JsonBody.of(request, MAX_BODY_BYTES);
    Integer seconds =
        body.required(
            "graceSeconds",
            "must be a whole number from 0 to " + MAX_GRACE_SECONDS,
            JsonBody.integer(0, MAX_GRACE_SECONDS));
    body.refuseOthers();
    body.requireUsable();
    return Duration.ofSeconds(Objects.requireNonNull(seconds));
  }

  private static RefusedException noSuchKey() {
    return Problems.notFound("api-key", "There is no key of that id.");
  }
}
