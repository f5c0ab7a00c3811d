/** docs/reference.md held against the code, template.yaml and a running PromptLab. */
@NullMarked
package dev.promptlab.local.server.reference;

import org.jspecify.annotations.NullMarked;
