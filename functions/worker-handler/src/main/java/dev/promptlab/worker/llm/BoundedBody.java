package dev.promptlab.worker.llm;

import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a body, up to a limit; beyond it the connection is given up and {@link
 * AnswerTooLargeException} thrown. As every subscriber, it is called by one thread at a time.
 */
final class BoundedBody implements BodySubscriber<byte[]> {
  private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
  private long left;
  private Flow.@Nullable Subscription subscription;

  BoundedBody(int maxBytes) {
    this.left = maxBytes;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return bytes.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    bytes.onSubscribe(newSubscription);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (left < 0) {
      return;
    }
    left -= buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    if (left >= 0) {
      bytes.onNext(buffers);
    } else if (subscription != null) {
      subscription.cancel();
      bytes.onError(new AnswerTooLargeException());
    }
  }

  @Override
  public void onError(Throwable failure) {
    bytes.onError(failure);
  }

  @Override
  public void onComplete() {
    bytes.onComplete();
  }
}
