package dev.promptlab.local.services;

import dev.promptlab.local.services.Commands.CommandFailedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs and the user they run as. PostgreSQL refuses to run as root, so as root
 * they run in a user namespace in which they are nobody, or, where the kernel or a container
 * forbids that, as uid 65534.
 */
final class PostgresPrograms {
  private static final int ROOT = 0;
  private static final int NOBODY = 65534;

  private final Path bin;
  private final List<String> prefix;
  private final int owner;

  private PostgresPrograms(Path bin, List<String> prefix, int owner) {
    this.bin = bin;
    this.prefix = prefix;
    this.owner = owner;
  }

  static PostgresPrograms unpacked() {
    int uid = uid();
    if (uid != ROOT) {
      return in(ProgramCache.ofUser(), List.of(), uid);
    }
    if (works("unshare", "--user", "true")) {
      return in(ProgramCache.ofUser(), List.of("unshare", "--user"), ROOT);
    }
    List<String> asNobody =
        List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
    return in(ProgramCache.ofMachine(), asNobody, NOBODY);
  }

  private static PostgresPrograms in(Path cache, List<String> prefix, int owner) {
    Path folder = ProgramCache.folder(cache, "postgres", resource(), PostgresPrograms::unpack);
    return new PostgresPrograms(folder.resolve("bin"), prefix, owner);
  }

  private static int uid() {
    try {
      return uid(Path.of("/proc/self"));
    } catch (IOException | UnsupportedOperationException e) {
      throw new LocalServicesException(
          "The built-in PostgreSQL needs Linux: use one of your own (DATABASE_URL).", e);
    }
  }

  private static int uid(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid");
  }

  private static boolean works(String... command) {
    try {
      Commands.run(List.of(command));
      return true;
    } catch (CommandFailedException e) {
      return false;
    }
  }

  private static String resource() {
    String machine = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
    return "/postgres-%s-%s.txz"
        .formatted(
            System.getProperty("os.name").startsWith("Linux") ? "linux" : "unknown", machine);
  }

  private static void unpack(InputStream archive, Path folder) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, folder);
      }
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path folder)
      throws IOException {
    Path file = folder.resolve(entry.getName()).normalize();
    if (!file.startsWith(folder)) {
      throw new IOException("an entry points outside: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(file);
      return;
    }
    Files.createDirectories(file.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
    } else if (entry.isLink()) {
      Files.createLink(file, folder.resolve(entry.getLinkName()));
    } else {
      Files.copy(tar, file);
      boolean executable = (entry.getMode() & 0100) != 0;
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  /** The command that runs one of the programs. */
  List<String> command(String program, List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(bin.resolve(program).toString());
    command.addAll(arguments);
    return command;
  }

  /** Makes the folder for a database cluster, owned by the user who will run it. */
  Path prepare(Path cluster) {
    try {
      if (!Files.exists(cluster)) {
        Files.createDirectory(
            cluster,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      if (owner == NOBODY) {
        // The way to it must be open to that user; what is in it stays theirs alone.
        Files.setPosixFilePermissions(
            cluster.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
      }
      if (uid(cluster) != owner) {
        Commands.run(List.of("chown", "-R", owner + ":" + owner, cluster.toString()));
      }
      return cluster;
    } catch (IOException | CommandFailedException e) {
      throw new LocalServicesException(
          "The data folder %s cannot be used (%s): make it a folder that you can write to, or choose another."
              .formatted(cluster, LocalServicesException.reason(e)),
          e);
    }
  }
}
