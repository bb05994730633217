import JSONText
import Profiles
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
    let places = try calibration.parameters.map { (parameter) throws(Failure) in try Self.place(parameter, library) }
    func changes(_ place: Place) -> [ProfileEdit.Change] {
      zip(calibration.parameters, places).filter { $0.1 == place }.map { parameter, _ in
        Self.change(of: parameter, calibration.errorAfter, measurements)
      }
    }
    var files = try Self(
      calibration.parameters, errorAfter: calibration.errorAfter, measurements: measurements, library
    ).files
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
      let place = Place(folder: "hosts", name: host)
      let others = changes(place).filter { $0.path != speed.path }
      files.append(try Self.file(place, as: (name, "Host of \(testbed)"), others + [speed], library))
    }
    self.files = files
  }

  /// Makes the files of every profile of which a number was fitted.
  ///
  /// - Parameters:
  ///   - parameters: What was fitted.
  ///   - errorAfter: The mean error that is left.
  ///   - measurements: The file it was fitted to: the numbers' source.
  ///   - library: Where the profiles lie as they were.
  /// - Throws: ``Failure`` for a profile that lies in no folder of the catalog.
  init(
    _ parameters: [Calibration.Parameter], errorAfter: Double, measurements: String, _ library: Library
  ) throws(Failure) {
    let places = try parameters.map { (parameter) throws(Failure) in try Self.place(parameter, library) }
    var files: [ProfileFolder.File] = []
    for (index, place) in places.enumerated() where places.firstIndex(of: place) == index {
      let changes = zip(parameters, places).filter { $0.1 == place }.map { parameter, _ in
        Self.change(of: parameter, errorAfter, measurements)
      }
      files.append(try Self.file(place, changes, library))
    }
    self.files = files
  }

  private static func file(
    _ place: Place, as new: (name: String, title: String)? = nil, _ changes: [ProfileEdit.Change], _ library: Library
  ) throws(Failure) -> ProfileFolder.File {
    let advice: Message = "; put the profile into a folder for --catalog"
    return try ProfileFolder.File(like: place.name, place.folder, as: new, changes, library, advice: advice)
  }

  private static func change(
    of parameter: Calibration.Parameter, _ errorAfter: Double, _ measurements: String
  ) -> ProfileEdit.Change {
    let known = parameter.uncertainty.map { "+-" + percent($0) } ?? "not identified"
    return ProfileEdit.Change(
      path: String(parameter.path.drop { $0 != "." }.dropFirst()), value: rounded(parameter.fitted), kind: .derived,
      from: measurements, note: "simulate calibrate: \(known), mean error \(percent(errorAfter)) after")
  }

  /// Where a fitted number stands.
  private struct Place: Equatable {
    let folder: String
    let name: String
  }

  /// Where a fitted number stands: an efficiency that a family shares is in the family's file.
  private static func place(_ parameter: Calibration.Parameter, _ library: Library) throws(Failure) -> Place {
    let name = parameter.group
    switch parameter.path.prefix(while: { $0 != "." }) {
    case "host": return Place(folder: "hosts", name: name)
    case "framework": return Place(folder: "frameworks", name: name)
    default:
      let isAccelerator = try library.profiles.accelerators.contains { $0.name == name }
      return Place(folder: isAccelerator ? "accelerators" : "architectures", name: name)
    }
  }
}

/// Four digits: more than any measurement of time says.
private func rounded(_ value: Double) -> Double { Double(NumberFormat.significant(value, digits: 4)) ?? value }

private func percent(_ fraction: Double) -> String { NumberFormat.fixed(fraction * 100, decimals: 1) + " %" }
