#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The profiles and workloads that travel with the program.
public enum Catalog {
  /// The folder that holds `hardware-profiles` and `workloads`: beside the program, installed or in the build folder.
  ///
  /// The package manager's own accessor, `Bundle.module`, does the same and costs a program Foundation.
  public static var directory: String {
    #if canImport(Darwin)
      // A bundle of tests lies beside the catalog's, and its program three folders further in.
      let names = ["/", "/../Resources/", "/../../../"].map { programFolder + $0 + bundle + ".bundle" }
      return names.first { access($0, R_OK) == 0 } ?? names[0]
    #else
      return programFolder + "/" + bundle + ".resources"
    #endif
  }

  /// Named by the package manager, after the package and the target that carries the files.
  private static let bundle = "framework-tax-simulator_CatalogFiles"

  /// The folder of the program that runs, whatever links led to it.
  private static let programFolder: String = {
    let path = programPath
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }()

  #if canImport(Darwin)
    /// The image that this code was linked into: of tests, their bundle and not the tool that loads it.
    private static var programPath: String {
      var image = Dl_info()
      guard dladdr(#dsohandle, &image) != 0, let name = image.dli_fname else { return CommandLine.arguments[0] }
      guard let real = realpath(name, nil) else { return String(cString: name) }
      defer { free(real) }
      return String(cString: real)
    }
  #else
    private static var programPath: String {
      guard let real = realpath("/proc/self/exe", nil) else { return CommandLine.arguments[0] }
      defer { free(real) }
      return String(cString: real)
    }
  #endif
}
