package dev.promptlab.local.server;

import dev.promptlab.accounts.KeySecret;
import dev.promptlab.config.Environment;
import dev.promptlab.config.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The first admin key of a local PromptLab: the one of {@code ADMIN_API_KEY}, else the one that an
 * earlier run has left in a file for its owner alone, else a new one, left there for later runs.
 */
final class AdminKey {
  private static final String SETTING = "ADMIN_API_KEY";

  private AdminKey() {}

  /**
   * The key.
   *
   * @param file empty: nothing is kept
   * @throws InvalidSettingException if the setting has no usable key
   * @throws StartFailedException if the file cannot be used
   */
  static KeySecret of(Environment user, Optional<Path> file) throws StartFailedException {
    Optional<KeySecret> set =
        user.parsed(
            SETTING,
            text -> KeySecret.parse(text).orElseThrow(IllegalArgumentException::new),
            "must have 32 to 256 visible ASCII characters");
    if (set.isPresent()) {
      return set.get();
    }
    return file.isPresent() ? kept(file.get()) : KeySecret.generate();
  }

  private static KeySecret kept(Path file) throws StartFailedException {
    try {
      if (Files.exists(file)) {
        return KeySecret.parse(Files.readString(file).strip())
            .orElseThrow(
                () ->
                    new StartFailedException(
                        "%s holds no usable admin key: remove it, and a new one is made"
                            .formatted(file)));
      }
      KeySecret fresh = KeySecret.generate();
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, fresh.reveal() + "\n");
      return fresh;
    } catch (IOException e) {
      throw new StartFailedException(
          "the admin key cannot be kept in %s (%s): make that file usable, or set %s"
              .formatted(file, e.getMessage(), SETTING),
          e);
    }
  }
}
