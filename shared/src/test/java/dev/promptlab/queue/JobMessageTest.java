package dev.promptlab.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobMessageTest {
  private static final UUID ID = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");

  @Test
  void isStable() {
    String body = "{\"version\":1,\"jobId\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}";
    assertThat(new JobMessage(ID).toBody()).isEqualTo(body);
    assertThat(JobMessage.ofBody(body)).isEqualTo(new JobMessage(ID));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "[]",
        "{}",
        "{\"version\":1}",
        "{\"version\":1,\"jobId\":null}",
        "{\"version\":1,\"jobId\":\"x\"}",
        "{\"version\":2,\"jobId\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}",
        "{\"version\":1,\"jobId\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"more\":1}",
      })
  void refusesWhatIsNoMessage(String body) {
    assertThatThrownBy(() -> JobMessage.ofBody(body)).isInstanceOf(IllegalArgumentException.class);
  }
}
