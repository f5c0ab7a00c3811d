/** How clients of AWS services are built. */
@NullMarked
package dev.promptlab.aws;

import org.jspecify.annotations.NullMarked;
