package dev.promptlab.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A certificate of the address 127.0.0.1, signed by itself and made for one run by the JDK's {@code
 * keytool}, with its key.
 */
final class TlsCertificate {
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
  private static final String NAME = "redis";
  private static final String PASSWORD = "changeit";

  private final Path certificate;
  private final Path key;
  private final Path trustStore;

  private TlsCertificate(Path folder) throws IOException, GeneralSecurityException {
    this.certificate = folder.resolve("certificate.pem");
    this.key = folder.resolve("key.pem");
    this.trustStore = folder.resolve("trust.p12");
    Path pair = folder.resolve("pair.p12");
    keytool(
        "-genkeypair -keyalg EC -groupname secp256r1 -dname CN=redis -ext san=ip:127.0.0.1", pair);
    KeyStore store = KeyStore.getInstance(pair.toFile(), PASSWORD.toCharArray());
    Key privateKey = store.getKey(NAME, PASSWORD.toCharArray());
    writePem(certificate, "CERTIFICATE", store.getCertificate(NAME).getEncoded());
    writePem(key, "PRIVATE KEY", privateKey.getEncoded());
    // As docs/operations.md tells to; not with the mode of the original, which may be read-only.
    Files.write(trustStore, Files.readAllBytes(JAVA_HOME.resolve("lib/security/cacerts")));
    keytool("-importcert -noprompt -file " + certificate, trustStore);
  }

  /**
   * Makes one.
   *
   * @param folder to keep it in; without spaces in its name
   */
  static TlsCertificate make(Path folder) {
    try {
      return new TlsCertificate(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keytool(String command, Path store) throws IOException {
    List<String> all = new ArrayList<>(List.of(JAVA_HOME.resolve("bin/keytool").toString()));
    all.addAll(List.of(command.split(" ")));
    all.addAll(List.of("-alias", NAME, "-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(said);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void writePem(Path file, String kind, byte[] encoded) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(encoded)));
  }

  /** The JDK's trust store, and this certificate too. */
  Path trustStore() {
    return trustStore;
  }

  /** Settings of a Redis that shows this certificate, by their names, and asks clients for none. */
  Map<String, String> settings(int port) {
    return Map.of(
        "tls-port", Integer.toString(port),
        "tls-cert-file", certificate.toString(),
        "tls-key-file", key.toString(),
        "tls-ca-cert-file", certificate.toString(),
        "tls-auth-clients", "no",
        "tls-replication", "yes",
        "tls-cluster", "yes");
  }
}
