package dev.promptlab.local.services.rdsdata;

/**
 * How a caller wants results.
 *
 * @param metadata whether the columns are described
 * @param json whether the rows come as one JSON text
 * @param longsAsText whether whole numbers come as texts
 * @param decimalsAsText whether numeric values come as texts; else as doubles or whole numbers
 */
record ResultOptions(boolean metadata, boolean json, boolean longsAsText, boolean decimalsAsText) {
  static ResultOptions of(CallRequest request) {
    return new ResultOptions(
        request.flag("includeResultMetadata"),
        request.choice("", "formatRecordsAs", "NONE", "JSON").equals("JSON"),
        request.choice("resultSetOptions", "longReturnType", "LONG", "STRING").equals("STRING"),
        request
            .choice("resultSetOptions", "decimalReturnType", "STRING", "DOUBLE_OR_LONG")
            .equals("STRING"));
  }
}
