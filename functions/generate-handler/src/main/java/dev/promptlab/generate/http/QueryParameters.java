package dev.promptlab.generate.http;

import dev.promptlab.json.FieldNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A request's query, read parameter by parameter, as {@link JsonBody} reads a body. */
public final class QueryParameters {
  private static final int DEFAULT_LIMIT = 20;
  private static final int MOST = 100;

  private final ApiRequest request;
  private final List<Problem.FieldError> errors = new ArrayList<>();
  private final Set<String> known = new HashSet<>();

  public QueryParameters(ApiRequest request) {
    this.request = request;
  }

  /** A parameter; empty also if it is not usable, which {@link #requireUsable} then tells. */
  public <T> Optional<T> optional(
      String name, String expected, Function<String, Optional<T>> reader) {
    known.add(name);
    Optional<String> text = Optional.ofNullable(request.query().get(name));
    Optional<T> value = text.flatMap(reader);
    if (text.isPresent() && value.isEmpty()) {
      errors.add(new Problem.FieldError(name, expected));
    }
    return value;
  }

  /** How many items of a list are wanted: {@code limit}. */
  public int limit() {
    return optional(
            "limit",
            "must be a whole number from 1 to " + MOST,
            text -> wholeNumber(text).filter(number -> number >= 1 && number <= MOST))
        .orElse(DEFAULT_LIMIT);
  }

  /**
   * Refuses what is not usable, and parameters that nobody has asked for.
   *
   * @throws RefusedException 400
   */
  public void requireUsable() {
    request.query().keySet().stream()
        .filter(name -> !known.contains(name))
        .sorted()
        .forEach(
            name ->
                errors.add(
                    new Problem.FieldError(
                        FieldNames.abbreviated(name), "is not a parameter of this request")));
    if (!errors.isEmpty()) {
      throw new RefusedException(Problem.invalidRequest(errors));
    }
  }

  /** A number of up to nine digits. */
  public static Optional<Integer> wholeNumber(String text) {
    return text.matches("[0-9]{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
  }
}
