package dev.promptlab.accounts;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where a request comes from, as far as its sender cannot choose it: an IPv4 address, or the /64
 * network of an IPv6 address (one subscriber has at least a whole /64). IPv4-mapped IPv6 addresses
 * count as IPv4.
 *
 * @param network canonical text, for use in a key
 */
public record SourceAddress(String network) {
  private static final int NETWORK_BYTES = 8;

  /** Empty if the text is no IP address literal. Never asks a name server. */
  public static Optional<SourceAddress> parse(String literal) {
    // Zones are of one machine, brackets of a URL: neither is of an address that a gateway saw.
    if (literal.indexOf('%') >= 0 || literal.startsWith("[")) {
      return Optional.empty();
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (!(address instanceof Inet6Address)) {
      // Shortened forms (1.2.3) come from no gateway.
      boolean full = literal.indexOf(':') >= 0 || literal.equals(address.getHostAddress());
      return full ? Optional.of(new SourceAddress(address.getHostAddress())) : Optional.empty();
    }
    byte[] network =
        Arrays.copyOf(Arrays.copyOf(address.getAddress(), NETWORK_BYTES), 2 * NETWORK_BYTES);
    try {
      return Optional.of(
          new SourceAddress(InetAddress.getByAddress(network).getHostAddress() + "/64"));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }
}
