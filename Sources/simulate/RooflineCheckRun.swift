import CommandSyntax
import JSONText
import Kernels
import OutputFiles
import Profiles
import Reports
import Roofline
import Simulation
import Studies

/// `simulate roofline --check` and `--emit`: claims of other suites against the data sheet's roofline, and a workload's.
enum RooflineCheckRun {
  /// Holds a file's claims against the rooflines that they name.
  static func check(_ path: String, _ command: ParsedCommand, _ library: Library) throws(Failure) {
    let reason: Message = "--check reads accelerators, precisions and operators from the file"
    try command.refusePositionals(reason)
    try command.refuse(ScenarioOptions.definitions.map(\.name), reason)
    try command.refuse(["emit"], "--check reads claims, and writes none")
    let tolerance = try checking { try command.double(of: "tolerance", .within(0...1)) }
    let table = try CSVText(path: path)
    let claims = try checking { try RooflineClaim.read(table) }
    let rooflines = try rooflines(claims, table, library)
    let check = RooflineCheck(claims, rooflines: rooflines, tolerance: tolerance)
    command.print(RooflineCheckReport(check: check, input: table))
    let wrong = check.differences.count
    if wrong > 0 {
      let counted = "\(NumberFormat.integer(wrong)) of \(NumberFormat.integer(check.claimCount))"
      throw Failure(.checkFailed, at: path, "\(counted) claims do not hold")
    }
  }

  /// The rooflines that claims name, each looked up where it first stands.
  private static func rooflines(
    _ claims: [RooflineClaim], _ table: CSVText, _ library: Library
  ) throws(Failure) -> [RooflineKey: Roofline] {
    var names = TableNames(table)
    var rooflines: [RooflineKey: Roofline] = [:]
    // Rows of one device mostly stand together.
    var last: RooflineKey?
    for claim in claims where last?.isOf(claim) != true {
      let key = RooflineKey(claim)
      last = key
      if rooflines[key] != nil { continue }
      try names.check("accelerator", claim.accelerator, claim.row, library.accelerator)
      guard let accelerator = try library.accelerator(claim.accelerator) else { continue }
      do throws(RooflineFault) {
        rooflines[key] = try Roofline(accelerator: accelerator, precision: claim.precision)
      } catch {
        let words: FaultWords =
          "precision is '\(claim.precision.rawValue)', for which \(accelerator.name) has no peak in its profile"
        throw Failure(table.nameFault("precision", row: claim.row, words))
      }
    }
    return rooflines
  }

  /// Writes a workload's operators as claims that hold.
  ///
  /// - Parameters:
  ///   - scenario: The workload and its precision.
  ///   - accelerator: The device.
  ///   - name: What the rows call it: its name, or its file.
  ///   - path: The output.
  /// - Throws: ``Failure`` where the device has no peak for the precision, or the output cannot be written.
  static func emit(
    _ scenario: Scenario, _ accelerator: AcceleratorProfile, named name: String, to path: String
  ) throws(Failure) {
    let emission: RooflineEmission
    do throws(RooflineFault) {
      emission = try RooflineEmission(scenario.workload, on: accelerator, named: name, precision: scenario.precision)
    } catch {
      throw .input("\(accelerator.name) has no peak for \(scenario.precision.rawValue) in its profile")
    }
    if !emission.unknown.isEmpty {
      Platform.warn(
        "warning: no cost rule for \(emission.unknown.joined(separator: ", ")); left out")
    }
    let text = RooflineEmissionReport(emission: emission).csv()
    try writeOutput(text, to: path)
  }
}
