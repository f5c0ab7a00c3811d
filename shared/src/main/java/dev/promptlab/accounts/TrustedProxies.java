package dev.promptlab.accounts;

import dev.promptlab.config.Environment;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The proxies in front of the gateway whose word on where a request comes from is taken: the
 * setting {@code TRUSTED_PROXY}, addresses or networks such as {@code
 * 203.0.113.7,10.0.0.0/8,2001:db8::/32}. Without it only the address that the gateway itself saw
 * counts. Immutable.
 */
public final class TrustedProxies {
  private final List<Network> networks;

  private static final class Network {
    private final byte[] prefix;
    private final int bits;

    private Network(byte[] prefix, int bits) {
      this.prefix = prefix;
      this.bits = bits;
    }

    static Network parse(String text) {
      int slash = text.indexOf('/');
      String literal = slash < 0 ? text : text.substring(0, slash);
      if (SourceAddress.parse(literal).isEmpty()) {
        throw new IllegalArgumentException(text);
      }
      byte[] address = InetAddress.ofLiteral(literal).getAddress();
      int most = Byte.SIZE * address.length;
      int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
      if (bits < 1 || bits > most) {
        throw new IllegalArgumentException(text);
      }
      return new Network(address, bits);
    }

    boolean contains(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      int whole = bits / Byte.SIZE;
      int rest = Byte.SIZE - bits % Byte.SIZE;
      return Arrays.equals(prefix, 0, whole, address, 0, whole)
          && (rest == Byte.SIZE
              || (prefix[whole] & 0xff) >> rest == (address[whole] & 0xff) >> rest);
    }
  }

  private TrustedProxies(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /**
   * The proxies that are configured.
   *
   * @throws dev.promptlab.config.InvalidSettingException if they are unusable
   */
  public static TrustedProxies of(Environment environment) {
    return new TrustedProxies(
        environment
            .parsed(
                "TRUSTED_PROXY",
                text ->
                    Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .map(Network::parse)
                        .toList(),
                "must be a comma-separated list of IP addresses and networks, as 10.0.0.0/8")
            .orElse(List.of()));
  }

  /**
   * Where a request comes from: the address that the gateway saw or, where that is a trusted proxy,
   * the last one that a proxy saw and that is none. Empty if there is no usable address.
   *
   * @param gatewaySaw the address of the gateway's client
   * @param forwardedFor {@code X-Forwarded-For}: each proxy, and the gateway, has added what it saw
   */
  public Optional<SourceAddress> source(String gatewaySaw, Optional<String> forwardedFor) {
    String client = gatewaySaw;
    List<String> seen = Arrays.asList(forwardedFor.orElse("").split(",", -1));
    int next = seen.size() - 1;
    // The gateway's own addition says once more what it saw.
    if (next >= 0 && seen.get(next).strip().equals(gatewaySaw)) {
      next--;
    }
    while (isTrusted(client) && next >= 0 && !seen.get(next).isBlank()) {
      client = seen.get(next).strip();
      next--;
    }
    return SourceAddress.parse(client);
  }

  private boolean isTrusted(String literal) {
    if (networks.isEmpty() || SourceAddress.parse(literal).isEmpty()) {
      return false;
    }
    byte[] address = InetAddress.ofLiteral(literal).getAddress();
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
