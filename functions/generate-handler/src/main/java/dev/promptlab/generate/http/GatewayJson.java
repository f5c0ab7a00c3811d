package dev.promptlab.generate.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events and answers of an HTTP API (payload format 2.0) as JSON, as far as they are read and
 * written here. Lambda's own mapping does all of them, with a JSON library of its own and by
 * reflection, which takes a cold JVM longer than all else that a hit does.
 */
public final class GatewayJson {
  private static final JsonFactory JSON = new JsonFactory();

  private GatewayJson() {}

  /**
   * Reads an event.
   *
   * @throws IOException if it is no JSON, or has something else where a text or an object should be
   */
  public static APIGatewayV2HTTPEvent read(InputStream json) throws IOException {
    APIGatewayV2HTTPEvent event = new APIGatewayV2HTTPEvent();
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      fields(
          parser,
          name -> {
            switch (name) {
              case "rawPath" -> event.setRawPath(text(parser));
              case "headers" -> event.setHeaders(texts(parser));
              case "queryStringParameters" -> event.setQueryStringParameters(texts(parser));
              case "body" -> event.setBody(text(parser));
              case "isBase64Encoded" -> event.setIsBase64Encoded(parser.getValueAsBoolean());
              case "requestContext" -> event.setRequestContext(context(parser));
              default -> parser.skipChildren();
            }
          });
    }
    return event;
  }

  private static APIGatewayV2HTTPEvent.@Nullable RequestContext context(JsonParser parser)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    APIGatewayV2HTTPEvent.RequestContext context = new APIGatewayV2HTTPEvent.RequestContext();
    fields(
        parser,
        name -> {
          switch (name) {
            case "stage" -> context.setStage(text(parser));
            case "requestId" -> context.setRequestId(text(parser));
            case "http" -> context.setHttp(http(parser));
            default -> parser.skipChildren();
          }
        });
    return context;
  }

  private static APIGatewayV2HTTPEvent.RequestContext.@Nullable Http http(JsonParser parser)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    APIGatewayV2HTTPEvent.RequestContext.Http http =
        new APIGatewayV2HTTPEvent.RequestContext.Http();
    fields(
        parser,
        name -> {
          switch (name) {
            case "method" -> http.setMethod(text(parser));
            case "sourceIp" -> http.setSourceIp(text(parser));
            default -> parser.skipChildren();
          }
        });
    return http;
  }

  /** Takes a field's value, at whose first token the parser is. */
  @FunctionalInterface
  private interface Field {
    void take(String name) throws IOException;
  }

  private static void fields(JsonParser parser, Field field) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new IOException("the event has no object where there should be one");
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      field.take(name);
    }
  }

  private static @Nullable String text(JsonParser parser) throws IOException {
    if (parser.currentToken().isStructStart()) {
      throw new IOException("the event has no text where there should be one");
    }
    return parser.getValueAsString();
  }

  private static @Nullable Map<String, String> texts(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    Map<String, String> texts = new LinkedHashMap<>();
    fields(
        parser,
        name -> {
          String text = text(parser);
          if (text != null) {
            texts.put(name, text);
          }
        });
    return texts;
  }

  /** Writes an answer. */
  public static void write(APIGatewayV2HTTPResponse answer, OutputStream json) throws IOException {
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.writeStartObject();
      generator.writeNumberField("statusCode", answer.getStatusCode());
      generator.writeObjectFieldStart("headers");
      for (Map.Entry<String, String> header : answer.getHeaders().entrySet()) {
        generator.writeStringField(header.getKey(), header.getValue());
      }
      generator.writeEndObject();
      generator.writeStringField("body", answer.getBody());
      generator.writeBooleanField("isBase64Encoded", answer.getIsBase64Encoded());
      generator.writeEndObject();
    }
  }
}
