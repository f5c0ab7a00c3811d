package dev.promptlab.generate;

import dev.promptlab.accounts.KeyHash;
import dev.promptlab.accounts.SourceAddress;
import java.util.Optional;

/**
 * What a request says of who sends it.
 *
 * @param key empty: no key
 * @param address where it comes from
 */
record Credentials(Optional<KeyHash> key, SourceAddress address) {}
