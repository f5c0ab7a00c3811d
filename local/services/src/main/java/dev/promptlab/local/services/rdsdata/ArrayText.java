package dev.promptlab.local.services.rdsdata;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads PostgreSQL's text form of a one-dimensional array, such as {@code {1,NULL,"a b"}}. */
final class ArrayText {
  private final String text;
  private int at;

  private ArrayText(String text) {
    // An array whose indexes do not start at 1 says so in front, as in [0:1]={…}.
    this.text = text;
    this.at = text.indexOf('{') + 1;
  }

  /**
   * Gives the elements; an empty one is NULL.
   *
   * @throws RdsDataException if the array has more dimensions
   */
  static List<Optional<String>> elements(String text) {
    return new ArrayText(text).read();
  }

  private List<Optional<String>> read() {
    List<Optional<String>> elements = new ArrayList<>();
    while (text.charAt(at) != '}') {
      elements.add(element());
      if (text.charAt(at) == ',') {
        at++;
      }
    }
    return elements;
  }

  private Optional<String> element() {
    if (text.charAt(at) == '{') {
      throw RdsDataException.unsupportedResult("The result contains a multidimensional array.");
    }
    if (text.charAt(at) == '"') {
      return Optional.of(quoted());
    }
    int start = at;
    while (text.charAt(at) != ',' && text.charAt(at) != '}') {
      at++;
    }
    String element = text.substring(start, at);
    return element.equals("NULL") ? Optional.empty() : Optional.of(element);
  }

  private String quoted() {
    StringBuilder element = new StringBuilder();
    at++;
    while (text.charAt(at) != '"') {
      if (text.charAt(at) == '\\') {
        at++;
      }
      element.append(text.charAt(at));
      at++;
    }
    at++;
    return element.toString();
  }
}
