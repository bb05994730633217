import JSONText
import Profiles
import Reports
import Studies

/// The profiles that a calibration changed, as files of a catalog.
struct CalibratedProfiles {
  let files: [ProfileFolder.File]

  /// Makes the files: of every profile of which a number was fitted, and a host for each testbed.
  ///
  /// - Parameters:
  ///   - calibration: What was fitted.
  ///   - measurements: The file it was fitted to: the numbers' source.
  ///   - library: Where the profiles lie as they were.
  /// - Throws: ``Failure`` for a profile that lies in no folder of the catalog.
  init(_ calibration: Calibration, measurements: String, _ library: Library) throws(Failure) {
    func changes(_ folder: String, _ name: String) throws(Failure) -> [ProfileEdit.Change] {
      var changes: [ProfileEdit.Change] = []
      for parameter in calibration.parameters where try Self.place(parameter, library) == (folder, name) {
        changes.append(Self.change(of: parameter, calibration, measurements))
      }
      return changes
    }
    var files: [ProfileFolder.File] = []
    for (folder, name) in try Self.changed(calibration, library) {
      let document = try Self.document(name, folder, library)
      let text = ProfileEdit(of: document, try changes(folder, name)).text()
      files.append(ProfileFolder.File(kind: folder, name: name, text: text))
    }
    var names: Set<String> = []
    for (testbed, host, fit) in calibration.hosts {
      let name = ProfileFolder.identifier(testbed)
      guard !name.isEmpty else {
        throw .input(
          at: measurements,
          "the testbed '\(testbed)' has no letter or digit to name its host by; name it in the "
            + "column testbed")
      }
      guard names.insert(name).inserted else {
        throw .input("two testbeds would both be the host '\(name)'; give them names that differ in letters or digits")
      }
      let range = SystemNumber.hostSpeed.range
      if !range.contains(fit.speed) {
        throw .input(
          at: measurements,
          "the host of '\(testbed)' would have the speed \(fit.speed), and it must be "
            + "\(range.words()); some latency_ms of its rows must be wrong")
      }
      let speed = ProfileEdit.Change(
        path: SystemNumber.hostSpeed.pathInProfile, value: rounded(fit.speed), kind: .derived, from: measurements,
        note: "simulate calibrate: \(fit.usable) of \(fit.total) anchors, spread \(percent(fit.spread))")
      let others = try changes("hosts", host).filter { $0.path != speed.path }
      let texts = ["name": name, "title": "Host of \(testbed)", "aliases": ""]
      let document = try Self.document(host, "hosts", library)
      let text = ProfileEdit(of: document, texts: texts, others + [speed]).text()
      files.append(ProfileFolder.File(kind: "hosts", name: name, text: text))
    }
    self.files = files
  }

  private static func change(
    of parameter: Calibration.Parameter, _ calibration: Calibration, _ measurements: String
  ) -> ProfileEdit.Change {
    let known = parameter.uncertainty.map { "+-" + percent($0) } ?? "not identified"
    return ProfileEdit.Change(
      path: String(parameter.path.drop { $0 != "." }.dropFirst()), value: rounded(parameter.fitted), kind: .derived,
      from: measurements, note: "simulate calibrate: \(known), mean error \(percent(calibration.errorAfter)) after")
  }

  /// The folder and the name of each profile with a fitted number, once.
  private static func changed(_ calibration: Calibration, _ library: Library) throws(Failure) -> [(String, String)] {
    var places: [(String, String)] = []
    for parameter in calibration.parameters {
      let place = try place(parameter, library)
      if !places.contains(where: { $0 == place }) { places.append(place) }
    }
    return places
  }

  /// Where a fitted number stands: an efficiency that a family shares is in the family's file.
  private static func place(
    _ parameter: Calibration.Parameter, _ library: Library
  ) throws(Failure) -> (String, String) {
    switch parameter.path.prefix(while: { $0 != "." }) {
    case "host": return ("hosts", parameter.group)
    case "framework": return ("frameworks", parameter.group)
    default:
      let isAccelerator = try library.profiles.accelerators.contains { $0.name == parameter.group }
      return (isAccelerator ? "accelerators" : "architectures", parameter.group)
    }
  }

  private static func document(_ name: String, _ folder: String, _ library: Library) throws(Failure) -> JSONDocument {
    try library.document(of: name, in: folder, advice: "; put the profile into a folder for --catalog")
  }
}

/// Four digits: more than any measurement of time says.
private func rounded(_ value: Double) -> Double { Double(NumberFormat.significant(value, digits: 4)) ?? value }

private func percent(_ fraction: Double) -> String { NumberFormat.fixed(fraction * 100, decimals: 1) + " %" }
