import Foundation

/// The profiles and workloads that travel with the program.
public enum Catalog {
  /// The folder that holds `hardware-profiles` and `workloads`: beside an installed program, or in the build folder.
  public static var directory: String { Bundle.module.bundlePath }
}
