/**
 * The RDS Data API of Aurora PostgreSQL (Serverless v2 and provisioned) over an ordinary
 * PostgreSQL, in the wire format of the AWS SDK.
 *
 * <p>Source: the Amazon Aurora user guide, "Using the Amazon RDS Data API" with its pages on
 * limitations, differences and troubleshooting. Where the real one refuses something, so does this:
 * what works here works there.
 */
@NullMarked
package dev.promptlab.local.services.rdsdata;

import org.jspecify.annotations.NullMarked;
