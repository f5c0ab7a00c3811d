package dev.promptlab.worker.llm;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Of an AWS service's answer no more than so many bytes are read; beyond them reading throws {@link
 * AnswerTooLargeException}. Thread-safe.
 */
record BoundedAnswers(int maxBytes) implements ExecutionInterceptor {
  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    return context.responseBody().map(body -> new BoundedStream(body, maxBytes));
  }

  private static final class BoundedStream extends FilterInputStream {
    private long left;

    BoundedStream(InputStream body, int maxBytes) {
      super(body);
      this.left = maxBytes;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int read) throws AnswerTooLargeException {
      left -= read;
      if (left < 0) {
        throw new AnswerTooLargeException();
      }
    }
  }
}
