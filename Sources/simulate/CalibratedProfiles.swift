import JSONText
import Profiles
import Reports
import Studies

/// The profiles that a calibration changed, as files of a catalog.
struct CalibratedProfiles {
  private let files: [(path: String, text: String)]

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
    var files: [(path: String, text: String)] = []
    for (folder, name) in try Self.changed(calibration, library) {
      let document = try Self.document(name, folder, library)
      files.append((folder + "/" + Self.fileName(name), ProfileEdit(of: document, try changes(folder, name)).text()))
    }
    var names: Set<String> = []
    for (testbed, host, fit) in calibration.hosts {
      let name = Self.identifier(testbed)
      guard names.insert(name).inserted else {
        throw Failure(
          .wrongInput,
          "error: two testbeds would both be the host '\(name)'; give them names that differ in letters or digits")
      }
      let speed = ProfileEdit.Change(
        path: "single_thread_speed", value: rounded(fit.speed), kind: .derived, from: measurements,
        note: "simulate calibrate: \(fit.usable) of \(fit.total) anchors, spread \(percent(fit.spread))")
      let others = try changes("hosts", host).filter { $0.path != speed.path }
      let texts = ["name": name, "title": "Host of \(testbed)", "aliases": ""]
      let document = try Self.document(host, "hosts", library)
      files.append(("hosts/" + Self.fileName(name), ProfileEdit(of: document, texts: texts, others + [speed]).text()))
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

  /// Writes them, each whole or not at all.
  ///
  /// - Returns: How many, in words.
  func write(to folder: String) throws(Failure) -> String {
    try Platform.makeFolder(folder)
    for name in Set(files.map { String($0.path.prefix { $0 != "/" }) }).sorted() {
      try Platform.makeFolder(folder + "/" + name)
    }
    for file in files { try OutputFile.write(file.text, to: folder + "/" + file.path) }
    return files.count == 1 ? "1 profile" : "\(files.count) profiles"
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
    let profiles = try library.profiles
    let found = try checkingInput { () throws(ProfileFault) in try profiles.document(of: name, in: folder) }
    guard let found else {
      throw Failure(
        .wrongInput,
        "error: no file in the catalog's \(folder) is named '\(name)'; put the profile into a folder for --catalog")
    }
    return found
  }

  /// A testbed's name as a profile's: lower case, and a dash for whatever a name may not hold.
  static func identifier(_ testbed: String) -> String {
    let letters = testbed.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
    return String(letters)
  }

  private static func fileName(_ name: String) -> String { identifier(name) + ".json" }
}

/// Four digits: more than any measurement of time says.
private func rounded(_ value: Double) -> Double { Double(NumberFormat.significant(value, digits: 4)) ?? value }

private func percent(_ fraction: Double) -> String { NumberFormat.fixed(fraction * 100, decimals: 1) + " %" }
