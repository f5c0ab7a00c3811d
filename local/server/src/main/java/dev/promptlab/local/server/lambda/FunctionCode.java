package dev.promptlab.local.server.lambda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The functions, and where the build leaves what Lambda unpacks of them. */
public enum FunctionCode {
  GENERATE("generate", "dev.promptlab.generate.GenerateHandler"),
  WORKER("worker", "dev.promptlab.worker.JobsHandler");

  private static final String LIBRARIES = "lib";

  private final String label;
  private final String handler;

  FunctionCode(String label, String handler) {
    this.label = label;
    this.handler = handler;
  }

  /** As {@code scripts/image} and the Dockerfile name it. */
  public String label() {
    return label;
  }

  /** The class that Lambda calls. */
  public String handler() {
    return handler;
  }

  /**
   * The folder with the function's classes, and its libraries in {@code lib/}.
   *
   * @param root the project's
   * @throws IllegalStateException if there is none, or more than one
   */
  public Path unpacked(Path root) throws IOException {
    Path target = root.resolve("functions").resolve(label + "-handler").resolve("target");
    try (Stream<Path> entries = Files.list(target)) {
      List<Path> found =
          entries.filter(entry -> Files.isDirectory(entry.resolve(LIBRARIES))).toList();
      if (found.size() != 1) {
        throw new IllegalStateException(
            target + " has no unpacked function, or two: run make zips");
      }
      return found.getFirst().toAbsolutePath();
    }
  }

  /**
   * Copies it so that all of it is in jars, as the JVM's caches of classes want it: the classes in
   * {@code function.jar}, the libraries in {@code lib/}.
   *
   * @param into a new folder
   * @return the jars, as they are to be on the class path
   */
  public List<Path> copyAsJars(Path root, Path into) throws IOException {
    Path unpacked = unpacked(root);
    Files.createDirectories(into.resolve(LIBRARIES));
    List<Path> jars = new ArrayList<>();
    jars.add(into.resolve("function.jar"));
    List<String> jar = new ArrayList<>(List.of("--create", "--file", jars.getFirst().toString()));
    for (Path entry : sorted(unpacked)) {
      if (!entry.endsWith(LIBRARIES)) {
        jar.addAll(List.of("-C", unpacked.toString(), entry.getFileName().toString()));
      }
    }
    int status =
        ToolProvider.findFirst("jar")
            .orElseThrow(() -> new IllegalStateException("this Java has no jar tool"))
            .run(System.out, System.err, jar.toArray(String[]::new));
    if (status != 0) {
      throw new IllegalStateException("no jar could be made of " + unpacked);
    }
    for (Path library : sorted(unpacked.resolve(LIBRARIES))) {
      Path copy = into.resolve(LIBRARIES).resolve(library.getFileName());
      jars.add(Files.copy(library, copy, StandardCopyOption.COPY_ATTRIBUTES));
    }
    return jars;
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }
}
