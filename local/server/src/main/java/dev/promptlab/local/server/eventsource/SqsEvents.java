package dev.promptlab.local.server.eventsource;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.MessageAttribute;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** Makes the event that Lambda hands to a function from messages as SQS delivers them. */
final class SqsEvents {
  private SqsEvents() {}

  static SQSEvent of(List<Message> messages, String queueArn, String region) {
    SQSEvent event = new SQSEvent();
    event.setRecords(messages.stream().map(message -> record(message, queueArn, region)).toList());
    return event;
  }

  private static SQSMessage record(Message message, String queueArn, String region) {
    SQSMessage record = new SQSMessage();
    record.setMessageId(message.messageId());
    record.setReceiptHandle(message.receiptHandle());
    record.setBody(message.body());
    record.setMd5OfBody(message.md5OfBody());
    record.setMd5OfMessageAttributes(message.md5OfMessageAttributes());
    record.setEventSource("aws:sqs");
    record.setEventSourceArn(queueArn);
    record.setAwsRegion(region);
    record.setAttributes(Map.copyOf(message.attributesAsStrings()));
    record.setMessageAttributes(
        message.messageAttributes().entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, entry -> attribute(entry.getValue()))));
    return record;
  }

  private static MessageAttribute attribute(MessageAttributeValue value) {
    MessageAttribute attribute = new MessageAttribute();
    attribute.setDataType(value.dataType());
    attribute.setStringValue(value.stringValue());
    attribute.setStringListValues(value.stringListValues());
    attribute.setBinaryListValues(
        value.binaryListValues().stream().map(SdkBytes::asByteBuffer).toList());
    if (value.binaryValue() != null) {
      attribute.setBinaryValue(value.binaryValue().asByteBuffer());
    }
    return attribute;
  }
}
