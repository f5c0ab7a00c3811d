package dev.promptlab.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.erdtman.jcs.JsonCanonicalizer;

/** RFC 8785: one text for equal JSON values. */
public final class CanonicalJson {
  private CanonicalJson() {}

  /** The canonical text of a value that {@link StrictJson} has accepted; an object or an array. */
  public static String of(JsonNode value) {
    try {
      return new JsonCanonicalizer(value.toString()).getEncodedString();
    } catch (IOException e) {
      // Only JSON that StrictJson would have refused has no canonical form.
      throw new UncheckedIOException(e);
    }
  }
}
