import JSONText

/// A hindcast that travels with the program: what it came to when it was last made, and from which files.
///
/// It does not depend on what a page is about, and making it takes longer than the rest of a page.
/// `tools/hindcasts.py` writes it; whoever reads it compares the digest of the files that there are
/// (``HindcastInputs``), and makes the hindcast anew where one has changed.
package struct KeptHindcast: Sendable {
  /// The digest of the files that it was made from.
  package let madeFrom: String
  /// How many samples the band of a latency was made of.
  package let sampleCount: Int
  /// The first cut-off.
  package let firstCutoff: Int
  /// For each quantity and number of years ahead.
  package let summaries: [HindcastSummary]

  /// Reads a document of schema `hindcasts/1`.
  ///
  /// - Throws: `JSONFault` at what is wrong.
  package init(from document: JSONDocument) throws(JSONFault) {
    var root = try document.cursor.object()
    try root.schema("hindcasts/1")
    madeFrom = try root.required("made_from").nonEmptyString()
    sampleCount = Int(try root.required("samples").integer(1...1_000_000))
    firstCutoff = Int(try root.required("first_cutoff").integer(1900...2200))
    var summaries: [HindcastSummary] = []
    for cursor in try root.required("hindcasts").array() { summaries.append(try HindcastSummary(from: cursor)) }
    self.summaries = summaries
    try root.finish()
  }
}

extension HindcastSummary {
  /// Reads one in the keys of `simulate project --hindcast`.
  fileprivate init(from cursor: JSONCursor) throws(JSONFault) {
    var object = try cursor.object()
    quantity = try object.required("quantity").nonEmptyString()
    ahead = Int(try object.required("ahead_years").integer(1...100))
    count = Int(try object.required("count").integer(1...1_000_000_000))
    halfCoverage = try object.required("coverage_50").number(.between(0, 1))
    mostCoverage = try object.required("coverage_90").number(.between(0, 1))
    medianError = try object.required("median_error_fraction").number()
    bias = try object.required("bias_fraction").number()
    var shares = try object.required("skill").object()
    var skill: [NaiveForecast: Double] = [:]
    for naive in NaiveForecast.allCases { skill[naive] = try shares.required(naive.rawValue).number() }
    self.skill = skill
    try shares.finish()
    try object.finish()
  }
}
