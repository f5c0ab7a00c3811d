package dev.promptlab.local.server.eventsource;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import dev.promptlab.local.server.function.LocalFunction;
import dev.promptlab.local.services.LocalSqs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context.BeforeExecution;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** The poller against a real SQS, around handlers of the test's own. */
class EventSourceMappingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final LocalSqs server = LocalSqs.start();
  private static final SqsClient sqs = client(server);
  private static final AtomicBoolean down = new AtomicBoolean();

  private final String queueUrl =
      sqs.createQueue(
              request ->
                  request
                      .queueName("test-" + UUID.randomUUID())
                      .attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "1")))
          .queueUrl();
  private final BlockingQueue<SQSEvent> events = new LinkedBlockingQueue<>();
  private final List<EventSourceMapping> mappings = new ArrayList<>();

  @AfterAll
  static void stopServer() {
    sqs.close();
    server.close();
  }

  @AfterEach
  void stopMappings() {
    down.set(false);
    mappings.forEach(EventSourceMapping::close);
  }

  @Test
  void buildsTheEventAsLambdaDoes() throws Exception {
    sqs.sendMessage(
        request ->
            request
                .queueUrl(queueUrl)
                .messageBody("hello")
                .messageAttributes(
                    Map.of(
                        "trace",
                        MessageAttributeValue.builder()
                            .dataType("String")
                            .stringValue("t1")
                            .build())));
    start(settings(10, Duration.ZERO, 1), (event, context) -> new SQSBatchResponse());

    SQSMessage message = nextEvent().getRecords().getFirst();

    assertThat(message.getMessageId()).isNotBlank();
    assertThat(message.getReceiptHandle()).isNotBlank();
    assertThat(message.getBody()).isEqualTo("hello");
    assertThat(message.getMd5OfBody()).isEqualTo("5d41402abc4b2a76b9719d911017c592");
    assertThat(message.getEventSource()).isEqualTo("aws:sqs");
    assertThat(message.getEventSourceArn()).startsWith("arn:aws:sqs:").contains(":test-");
    assertThat(message.getAwsRegion()).isEqualTo("us-east-1");
    assertThat(message.getAttributes())
        .containsEntry("ApproximateReceiveCount", "1")
        .containsKeys("SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp");
    assertThat(message.getMessageAttributes())
        .hasEntrySatisfying(
            "trace",
            attribute -> {
              assertThat(attribute.getDataType()).isEqualTo("String");
              assertThat(attribute.getStringValue()).isEqualTo("t1");
            });
    assertThatTheQueueGetsEmpty();
  }

  @Test
  void deliversAgainOnlyWhatFailed() throws Exception {
    send("good", "bad");
    start(
        settings(10, Duration.ZERO, 1),
        (event, context) ->
            response(
                event.getRecords().stream()
                    .filter(message -> message.getBody().equals("bad") && receives(message) == 1)
                    .map(SQSMessage::getMessageId)
                    .toArray(String[]::new)));

    assertThatTheQueueGetsEmpty();
    assertThat(bodiesSeen()).containsExactlyInAnyOrder("good", "bad", "bad");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no such message", "", "<null>", "<throw>", "<time-out>"})
  void failsTheWholeBatch_whenTheAnswerIsUnusable(String failedId) throws Exception {
    send("one", "two");
    start(
        settings(10, Duration.ZERO, 1),
        (event, context) -> {
          if (receives(event.getRecords().getFirst()) > 1) {
            return new SQSBatchResponse();
          }
          return switch (failedId) {
            case "<throw>" -> throw new IllegalStateException("on purpose");
            case "<time-out>" -> forever();
            case "<null>" -> new SQSBatchResponse(List.of(new BatchItemFailure()));
            default -> response(failedId);
          };
        });

    assertThatTheQueueGetsEmpty();
    assertThat(bodiesSeen()).containsExactlyInAnyOrder("one", "two", "one", "two");
  }

  @Test
  void gathersABatch_whenThereIsAWindow() throws Exception {
    start(settings(3, Duration.ofSeconds(10), 1), (event, context) -> new SQSBatchResponse());

    send("one");
    send("two");
    send("three");

    assertThat(nextEvent().getRecords()).extracting(SQSMessage::getBody).hasSize(3);
  }

  @Test
  void keepsToItsConcurrency() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(2);
    send("1", "2", "3", "4", "5", "6");
    start(
        settings(1, Duration.ZERO, 2),
        (event, context) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          two.countDown();
          await(two);
          running.decrementAndGet();
          return new SQSBatchResponse();
        });

    assertThatTheQueueGetsEmpty();
    assertThat(most).hasValue(2);
    assertThat(bodiesSeen()).hasSize(6);
  }

  @Test
  void losesNothingAndDeliversNothingTwice_whenItIsStoppedUnderLoad() throws Exception {
    int count = 60;
    for (int i = 0; i < count; i++) {
      send(Integer.toString(i));
    }
    Semaphore release = new Semaphore(0);
    EventSourceMapping first =
        start(
            settings(5, Duration.ZERO, 2),
            (event, context) -> {
              acquire(release);
              return new SQSBatchResponse();
            });
    nextEvent();
    Thread releasing = Thread.ofVirtual().start(() -> release.release(1_000));

    assertThat(first.stop(PATIENCE)).isTrue();
    releasing.join();
    int seenByTheFirst = 5 + bodiesSeen().size();
    start(settings(10, Duration.ZERO, 2), (event, context) -> new SQSBatchResponse());
    assertThatTheQueueGetsEmpty();

    assertThat(seenByTheFirst + bodiesSeen().size()).isEqualTo(count);
  }

  @Test
  void worksTheQueueOff_whenItIsDrained() throws Exception {
    for (int i = 0; i < 30; i++) {
      send(Integer.toString(i));
    }
    EventSourceMapping mapping =
        start(settings(5, Duration.ZERO, 1), (event, context) -> new SQSBatchResponse());

    assertThat(mapping.drain(PATIENCE)).isTrue();

    assertThat(bodiesSeen()).hasSize(30);
    assertThat(messagesLeft()).isZero();
  }

  @Test
  void givesUpWaiting_whenABatchTakesLongerThanTheGrace() throws Exception {
    send("slow");
    EventSourceMapping mapping =
        start(settings(10, Duration.ZERO, 1), (event, context) -> forever());
    nextEvent();

    assertThat(mapping.stop(Duration.ofMillis(10))).isFalse();
  }

  @Test
  void goesOn_whenTheQueueWasDown() throws Exception {
    down.set(true);
    EventSourceMapping mapping =
        start(settings(10, Duration.ZERO, 1), (event, context) -> new SQSBatchResponse());
    Outage.attempts.acquire(3);
    down.set(false);
    send("after");

    assertThat(nextEvent().getRecords().getFirst().getBody()).isEqualTo("after");
    assertThat(mapping.stop(PATIENCE)).isTrue();
  }

  private static SqsClient client(LocalSqs server) {
    return SqsClient.builder()
        .endpointOverride(server.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .overrideConfiguration(override -> override.addExecutionInterceptor(new Outage()))
        .build();
  }

  private EventSourceSettings settings(int batchSize, Duration window, int concurrency) {
    return new EventSourceSettings(
        queueUrl, "us-east-1", batchSize, window, concurrency, Duration.ofSeconds(1));
  }

  private EventSourceMapping start(
      EventSourceSettings settings, RequestHandler<SQSEvent, SQSBatchResponse> handler) {
    RequestHandler<SQSEvent, SQSBatchResponse> recording =
        (event, context) -> {
          events.add(event);
          return handler.handleRequest(event, context);
        };
    EventSourceMapping mapping =
        new EventSourceMapping(
            sqs, settings, new LocalFunction<>("test", recording, Duration.ofMillis(900), 128));
    mappings.add(mapping);
    mapping.start();
    return mapping;
  }

  private void send(String... bodies) {
    for (String body : bodies) {
      sqs.sendMessage(request -> request.queueUrl(queueUrl).messageBody(body));
    }
  }

  private SQSEvent nextEvent() throws InterruptedException {
    SQSEvent event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(event).as("an event").isNotNull();
    return event;
  }

  private List<String> bodiesSeen() {
    List<SQSEvent> seen = new ArrayList<>();
    events.drainTo(seen);
    return seen.stream()
        .flatMap(event -> event.getRecords().stream())
        .map(SQSMessage::getBody)
        .toList();
  }

  /** Asks the server itself, whose answer takes a while: no pause is needed between the looks. */
  private void assertThatTheQueueGetsEmpty() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (messagesLeft() > 0) {
      assertThat(System.nanoTime()).as("the queue is not empty in time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  /** Visible ones and those being processed. */
  private int messagesLeft() {
    return sqs
        .getQueueAttributes(
            request ->
                request
                    .queueUrl(queueUrl)
                    .attributeNames(
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
        .attributes()
        .values()
        .stream()
        .mapToInt(Integer::parseInt)
        .sum();
  }

  private static int receives(SQSMessage message) {
    return Integer.parseInt(message.getAttributes().get("ApproximateReceiveCount"));
  }

  private static SQSBatchResponse response(String... failedIds) {
    List<BatchItemFailure> failures = new ArrayList<>();
    for (String id : failedIds) {
      failures.add(new BatchItemFailure(id));
    }
    return new SQSBatchResponse(failures);
  }

  private static SQSBatchResponse forever() {
    await(new CountDownLatch(1));
    throw new IllegalStateException("never");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void acquire(Semaphore semaphore) {
    try {
      semaphore.acquire();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets no request through while the queue is to be down. */
  private static final class Outage implements ExecutionInterceptor {
    static final Semaphore attempts = new Semaphore(0);

    @Override
    public void beforeExecution(BeforeExecution context, ExecutionAttributes attributes) {
      if (down.get()) {
        attempts.release();
        throw SdkClientException.create("down on purpose");
      }
    }
  }
}
