package dev.promptlab.local.server.lambda;

import dev.promptlab.local.server.PortForwarder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The Docker engine, by its command line. */
public final class Docker {
  private Docker() {}

  /** Whether an engine answers. */
  public static boolean answers() throws InterruptedException {
    try {
      return new ProcessBuilder("docker", "info")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The tag of Lambda's image for Java, of this machine's architecture. */
  public static String lambdaImage() {
    return "public.ecr.aws/lambda/java:25-"
        + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64");
  }

  /**
   * Runs a command of Docker to its end.
   *
   * @return what it wrote
   * @throws IOException with that, if it failed
   */
  public static String run(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("docker " + words[0] + ": " + output.strip());
    }
    return output.strip();
  }

  /**
   * Ports of 127.0.0.1 that containers reach.
   *
   * @param host by which name or address
   */
  public record OpenPorts(String host, Optional<PortForwarder> forwarder) implements AutoCloseable {
    @Override
    public void close() {
      forwarder.ifPresent(PortForwarder::close);
    }
  }

  /** Makes ports of 127.0.0.1 reachable for containers. */
  public static OpenPorts open(List<Integer> ports) throws IOException, InterruptedException {
    Optional<InetAddress> bridge = bridge();
    if (bridge.isEmpty()) {
      // Docker Desktop, which does that itself.
      return new OpenPorts("host.docker.internal", Optional.empty());
    }
    PortForwarder forwarder = PortForwarder.start(bridge.get(), ports);
    return new OpenPorts(bridge.get().getHostAddress(), Optional.of(forwarder));
  }

  /** The address of Docker's bridge, if that is one of this machine. */
  private static Optional<InetAddress> bridge() throws IOException, InterruptedException {
    String gateway =
        run(
            "network",
            "inspect",
            "bridge",
            "--format",
            "{{range .IPAM.Config}}{{or .Gateway .Subnet}} {{end}}");
    for (String word : gateway.split(" ", -1)) {
      // Not every engine names the bridge's own address; it is its network's first one.
      String address = word.replaceFirst("[.]0/\\d+$", ".1");
      if (address.matches("[0-9.]+")) {
        InetAddress found = InetAddress.getByName(address);
        if (NetworkInterface.getByInetAddress(found) != null) {
          return Optional.of(found);
        }
      }
    }
    return Optional.empty();
  }
}
