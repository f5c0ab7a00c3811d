package dev.promptlab.local.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Folders with SQL files. */
final class MigrationFolders {
  /** PromptLab's own. */
  static final Path OWN = Path.of("../../shared/src/main/resources/db/migration");

  private MigrationFolders() {}

  static List<Migration> ownFiles() {
    return Migration.allOf(OWN);
  }

  /** Copies the first of PromptLab's own files into a folder. */
  static void copyFirst(int count, Path folder) throws IOException {
    for (Migration file : ownFiles().subList(0, count)) {
      Files.copy(OWN.resolve(file.name()), folder.resolve(file.name()));
    }
  }
}
