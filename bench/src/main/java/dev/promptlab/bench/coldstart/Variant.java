package dev.promptlab.bench.coldstart;

/** A way to start the generate function. */
enum Variant {
  ZIP("zip", "zip with Lambda's flags", 700),
  APPCDS("appcds", "jars and an AppCDS archive", 420),
  AOT("aot", "jars and the JDK's AOT cache (scripts/image)", 360),
  PRIMED("primed", "zip, primed: from the restore on", 20);

  private final String id;
  private final String what;
  private final double targetMillis;

  Variant(String id, String what, double targetMillis) {
    this.id = id;
    this.what = what;
    this.targetMillis = targetMillis;
  }

  String id() {
    return id;
  }

  String what() {
    return what;
  }

  /** Where neither CPU nor memory is limited. */
  double targetMillis() {
    return targetMillis;
  }
}
