import JSONText
import OutputFiles

/// The programs of the system that make a picture of dots from a drawing.
///
/// A picture of twice the drawing's size is sharp on a slide.
struct PicturePainter: Sendable {
  /// A program, and how it is called.
  private struct Program: Sendable {
    let names: [String]
    let arguments: @Sendable (_ drawing: String, _ picture: String, _ size: (width: Int, height: Int)) -> [String]
  }

  /// In the order of how true they are to a drawing, and how quick.
  private static let programs = [
    Program(names: ["rsvg-convert"]) { drawing, picture, _ in ["--zoom=2", "--output=\(picture)", drawing] },
    Program(names: ["inkscape"]) { drawing, picture, _ in
      ["--export-type=png", "--export-dpi=192", "--export-filename=\(picture)", drawing]
    },
    Program(names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]) {
      drawing, picture, size in
      // A browser refuses its sandbox to the superuser; what it draws is ours.
      (Platform.isSuperuser ? ["--no-sandbox"] : []) + [
        "--headless", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=2",
        "--user-data-dir=\(picture).profile", "--window-size=\(size.width),\(size.height)", "--screenshot=\(picture)",
        "file://\(drawing)",
      ]
    },
    Program(names: ["magick", "convert"]) { drawing, picture, _ in ["-density", "192", drawing, picture] },
  ]

  /// The programs that are there: their paths.
  private let found: [(path: String, program: Program)]

  /// Looks for the programs.
  ///
  /// - Parameter path: The picture that is asked for.
  /// - Throws: ``Failure`` where there is none, which says what would help.
  init(for path: String) throws(Failure) {
    found = Self.programs.flatMap { program in
      program.names.compactMap { name in Platform.executable(named: name).map { ($0, program) } }
    }
    guard found.isEmpty else { return }
    throw .input(
      at: path,
      "a PNG is drawn by a program of the system, and none is found in PATH: install rsvg-convert (librsvg), Inkscape, "
        + "Chromium or ImageMagick, or write a .svg")
  }

  /// The picture of a drawing.
  ///
  /// - Parameter drawing: An SVG.
  /// - Returns: The bytes of a PNG.
  /// - Throws: ``Failure`` where no program that is there makes one.
  func picture(of drawing: String) throws(Failure) -> [UInt8] {
    let folder = try Platform.makeTemporaryFolder()
    defer { Platform.removeFolder(folder) }
    let (source, result) = (folder + "/drawing.svg", folder + "/picture.png")
    try writeOutput(drawing, to: source)
    for (path, program) in found {
      let status = Platform.run(path, program.arguments(source, result, Self.size(of: drawing)), seconds: 60)
      if status == 0, let bytes = try? readFileBytes(result), bytes.starts(with: Self.signature) { return bytes }
    }
    let names = found.map { $0.path.split(separator: "/").last.map(String.init) ?? $0.path }
    throw .input("\(names.joined(separator: ", ")) could not make a PNG of the chart; write a .svg, and convert that")
  }

  /// What every PNG begins with.
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The size that a drawing says, rounded up.
  private static func size(of drawing: String) -> (width: Int, height: Int) {
    func number(_ name: String) -> Int {
      guard let start = drawing.firstRange(of: " \(name)=\"") else { return 900 }
      let text = drawing[start.upperBound...].prefix { $0 != "\"" }
      return decimalNumber(text).map { Int($0.rounded(.up)) } ?? 900
    }
    return (number("width"), number("height"))
  }
}
