package dev.promptlab.local.services;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Servers' programs, unpacked once for each machine and user and found again by the hash of the
 * archive they came in. Safe against other threads and other JVMs that do the same.
 */
final class ProgramCache {
  /** Writes an archive's programs into a folder. */
  @FunctionalInterface
  interface Unpacking {
    void unpack(InputStream archive, Path folder) throws IOException;
  }

  private ProgramCache() {}

  /**
   * Gives the folder with the programs of an archive, unpacking it if that has not been done.
   *
   * @param parent where the caches are
   * @param resource the archive on the class path
   */
  static synchronized Path folder(Path parent, String name, String resource, Unpacking unpacking) {
    try {
      Path folder = parent.resolve(name + "-" + hash(resource));
      if (!Files.isDirectory(folder)) {
        unpackInto(folder, resource, unpacking);
      }
      return folder;
    } catch (IOException e) {
      throw new LocalServicesException(
          "%s could not be unpacked into %s: %s"
              .formatted(name, parent, LocalServicesException.reason(e)),
          e);
    }
  }

  /** The folder of this user's caches: ~/.cache/promptlab, or one in the temporary folder. */
  static Path ofUser() {
    Path home = Path.of(System.getProperty("user.home", "?"));
    // A user without a home of their own (a container's uid): the temporary folder serves.
    if (!home.isAbsolute() || !Files.isWritable(home)) {
      return ofMachine();
    }
    try {
      return Files.createDirectories(home.resolve(".cache").resolve("promptlab"));
    } catch (IOException e) {
      throw new LocalServicesException(
          "The folder %s/.cache/promptlab cannot be made: %s"
              .formatted(home, LocalServicesException.reason(e)),
          e);
    }
  }

  /** A folder that every user can read, for programs that run as another user. */
  static Path ofMachine() {
    Path folder =
        Path.of(System.getProperty("java.io.tmpdir"))
            .resolve("promptlab-programs-" + System.getProperty("user.name"));
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      if (!Files.getOwner(folder).equals(Files.getOwner(Path.of("/proc/self")))) {
        throw new LocalServicesException(
            "%s belongs to another user: remove it, or set another temporary folder with -Djava.io.tmpdir."
                .formatted(folder));
      }
      return folder;
    } catch (IOException e) {
      throw new LocalServicesException(
          "%s cannot be made: %s".formatted(folder, LocalServicesException.reason(e)), e);
    }
  }

  private static void unpackInto(Path folder, String resource, Unpacking unpacking)
      throws IOException {
    Path fresh = Files.createTempDirectory(folder.getParent(), "unpacking-");
    try {
      try (InputStream archive = open(resource)) {
        unpacking.unpack(archive, fresh);
      }
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
      // Another JVM was quicker: its copy is as good.
    } finally {
      ServerFolder.deleteTree(fresh);
    }
  }

  private static String hash(String resource) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(open(resource), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static InputStream open(String resource) throws IOException {
    InputStream in = ProgramCache.class.getResourceAsStream(resource);
    if (in == null) {
      throw new LocalServicesException(
          "There is no %s for this kind of machine (%s, %s): use a server of your own (REDIS_URL, DATABASE_URL)."
              .formatted(resource, System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    return in;
  }
}
