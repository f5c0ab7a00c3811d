package dev.promptlab.snapstart;

import java.util.LinkedHashMap;
import java.util.Map;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a function does before Lambda takes a snapshot of it, and after each start from that: first
 * what a first request would have to load is used once, as far as that goes; then connections are
 * closed, so that none is in the snapshot. Where nobody takes snapshots, nothing of it is called.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks.html">Runtime
 *     hooks for SnapStart</a>
 */
public final class SnapshotHooks implements Resource {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotHooks.class);

  private final Map<String, Runnable> priming;
  private final Runnable suspend;
  private final Runnable resume;

  private SnapshotHooks(Map<String, Runnable> priming, Runnable suspend, Runnable resume) {
    this.priming = new LinkedHashMap<>(priming);
    this.suspend = suspend;
    this.resume = resume;
  }

  /**
   * Hooks that Lambda will call.
   *
   * @param priming what to use once, by a name for the log; what fails is left out
   * @param suspend closes connections
   * @param resume opens them again; what it throws ends this environment
   * @return to be kept: Lambda's own reference is weak
   */
  public static SnapshotHooks register(
      Map<String, Runnable> priming, Runnable suspend, Runnable resume) {
    SnapshotHooks hooks = new SnapshotHooks(priming, suspend, resume);
    Core.getGlobalContext().register(hooks);
    return hooks;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    priming.forEach(SnapshotHooks::prime);
    suspend.run();
  }

  /** A deployment must not fail because it cannot be made fast. */
  private static void prime(String name, Runnable use) {
    try {
      use.run();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("Not primed: {}: {}", name, e.toString());
    }
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    resume.run();
  }
}
