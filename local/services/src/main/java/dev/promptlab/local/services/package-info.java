/**
 * The servers that PromptLab needs, inside one JVM or owned by it: real Redis, real PostgreSQL, an
 * SQS, an RDS Data API endpoint over that PostgreSQL and a stand-in for the LLM providers.
 *
 * <p>For development and tests. Every server listens on 127.0.0.1 only, without passwords.
 */
@NullMarked
package dev.promptlab.local.services;

import org.jspecify.annotations.NullMarked;
