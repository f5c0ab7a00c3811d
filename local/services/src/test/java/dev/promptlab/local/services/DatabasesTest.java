package dev.promptlab.local.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabasesTest {
  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h:1/d?user=u,            jdbc:postgresql://h:1/d?user=u",
    "postgresql://h/d,                          jdbc:postgresql://h/d",
    "postgres://h:5433/d,                       jdbc:postgresql://h:5433/d",
    "postgresql://u@h,                          jdbc:postgresql://h/?user=u",
    "postgresql://u:p@h:1/d,                    jdbc:postgresql://h:1/d?user=u&password=p",
    "postgresql://u:a%26b%40@h/d?sslmode=require, "
        + "jdbc:postgresql://h/d?sslmode=require&user=u&password=a%26b%40",
  })
  void givesTheJdbcForm(String url, String jdbcUrl) {
    assertThat(Databases.jdbcUrl(url)).isEqualTo(jdbcUrl);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql://u:secret@h/d", "", "h:5432", "postgresql://u:secret @h"})
  void refusesOtherUrls_withoutShowingThem(String url) {
    assertThatThrownBy(() -> Databases.jdbcUrl(url))
        .isInstanceOf(LocalServicesException.class)
        .hasMessageContaining("DATABASE_URL")
        .hasMessageNotContaining("secret");
  }

  @Test
  void hidesPasswords_whereAUrlIsShown() {
    assertThat(ExternalServers.withoutPassword("jdbc:postgresql://h/d?password=x&user=u"))
        .isEqualTo("jdbc:postgresql://h/d?password=***&user=u");
  }
}
