package dev.promptlab.local.server;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How the local PromptLab is to run.
 *
 * @param host the address to listen on
 * @param port 0 for a free one
 * @param data where PostgreSQL's and Redis's data stay between runs; empty: nowhere
 * @param worker whether queued jobs are run
 */
public record RunLocalOptions(String host, int port, Optional<Path> data, boolean worker) {}
