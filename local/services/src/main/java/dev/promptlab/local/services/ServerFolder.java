package dev.promptlab.local.services;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which one server keeps its data: the user's own, locked against a second PromptLab
 * and kept; or a temporary one, deleted when it is closed.
 */
final class ServerFolder implements AutoCloseable {
  private static final String LOCK = "promptlab.lock";

  private final Path path;
  private final boolean kept;
  private final @Nullable FileChannel lock;

  private ServerFolder(Path path, boolean kept, @Nullable FileChannel lock) {
    this.path = path;
    this.kept = kept;
    this.lock = lock;
  }

  /**
   * Opens the folder of a server.
   *
   * @param data the folder to keep the data in; without it a temporary one is made
   * @throws LocalServicesException if the folder cannot be used or another PromptLab uses it
   */
  static ServerFolder open(Optional<Path> data, String server) {
    return data.map(folder -> kept(folder.toAbsolutePath().normalize()))
        .orElseGet(() -> temporary(server));
  }

  private static ServerFolder kept(Path folder) {
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new LocalServicesException(
            "The data folder %s is in use by another PromptLab: stop that one, or choose another folder."
                .formatted(folder));
      }
      return new ServerFolder(folder, true, channel);
    } catch (IOException e) {
      throw new LocalServicesException(
          "The data folder %s cannot be used (%s: %s): make it a folder that you can write to, or choose another."
              .formatted(folder, e.getClass().getSimpleName(), LocalServicesException.reason(e)),
          e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another LocalServices of this same JVM.
      return null;
    }
  }

  private static ServerFolder temporary(String server) {
    try {
      ServerFolder folder =
          new ServerFolder(Files.createTempDirectory("promptlab-" + server + "-"), false, null);
      RunningServers.instance().add(folder);
      return folder;
    } catch (IOException e) {
      throw new LocalServicesException(
          "No temporary folder can be made in %s (%s): free some space there, or set another with -Djava.io.tmpdir."
              .formatted(System.getProperty("java.io.tmpdir"), LocalServicesException.reason(e)),
          e);
    }
  }

  Path path() {
    return path;
  }

  /** Whether what is in it outlives this run. */
  boolean isKept() {
    return kept;
  }

  /** Unlocks the user's folder, or deletes the temporary one. */
  @Override
  public void close() {
    try {
      if (lock != null) {
        lock.close();
      }
      if (!kept) {
        deleteTree(path);
        RunningServers.instance().remove(this);
      }
    } catch (IOException e) {
      throw new LocalServicesException(
          "The folder %s could not be released: %s"
              .formatted(path, LocalServicesException.reason(e)),
          e);
    }
  }

  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
